# Completion of toolwright, python agent.py and uv run agent.py in fish: python agent.py completion fish | source

function __toolwright_first # the number of the word with which the program ends, none where it is not ours
    set -l words (commandline -opc)
    if string match -qr '(^|/)toolwright$' -- $words[1]
        echo 1
        return
    end
    for at in (seq 2 (count $words))
        switch $words[$at]
            case agent.py '*/agent.py'
                echo $at
                return
            case run '-*'
            case '*'
                return 1
        end
    end
    return 1
end

function __toolwright_is_ours
    __toolwright_first >/dev/null
end

function __toolwright_say
    set -l first (__toolwright_first); or return
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l after
    test (count $words) -gt $first; and set after $words[(math $first + 1)..-1]
    for line in ($words[1..$first] --complete $after "$current" 2>/dev/null </dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :folders
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end

for each in toolwright python python3 uv
    complete -c $each -n __toolwright_is_ours -f -k -a '(__toolwright_say)'
end
