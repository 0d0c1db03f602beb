# Completion of toolwright, python agent.py and uv run agent.py in bash: eval "$(python agent.py completion bash)"

_toolwright_split() { # LINE: into `words` as bash would, nothing expanded; `quote` is one left open
  local line=$1 word="" begun="" char at
  words=() quote=""
  for ((at = 0; at < ${#line}; at++)); do
    char=${line:at:1}
    if [[ $char == "$quote" ]]; then quote=""
    elif [[ $char == "\\" && $quote != "'" ]]; then word+=${line:at+1:1} begun=1 at=$((at + 1))
    elif [[ $quote ]]; then word+=$char
    elif [[ $char == [\"\'] ]]; then quote=$char begun=1
    elif [[ $char != [[:space:]] ]]; then word+=$char begun=1
    else [[ $begun ]] && words+=("$word"); word="" begun=""
    fi
  done
  words+=("$word")
}

_toolwright_say() { # FIRST: complete the words after the program, which ends with word FIRST
  local first=$1 line value about current stem quote
  local -a words=()
  _toolwright_split "${COMP_LINE:0:COMP_POINT}"
  current=${words[${#words[@]} - 1]}
  stem=${current%"${current##*[:=]}"} # readline replaces only what follows a colon or an equals sign
  COMPREPLY=()
  while IFS=$'\t' read -r value about; do
    case $value in
      :files) compopt -o filenames 2>/dev/null; while read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current") ;;
      :folders) compopt -o filenames 2>/dev/null; while read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$current") ;;
      *)
        value=${value#"$stem"}
        [[ $quote ]] || printf -v value %q "$value"
        COMPREPLY+=("$value")
        [[ $value == *[:=] ]] && compopt -o nospace 2>/dev/null
        ;;
    esac
  done < <("${words[@]:0:first+1}" --complete "${words[@]:first+1}" 2>/dev/null </dev/null)
}

_toolwright() { _toolwright_say 0; }

_toolwright_launcher() { # python and uv are ours only where they start an agent.py
  local -a words=()
  local at quote
  _toolwright_split "${COMP_LINE:0:COMP_POINT}"
  for ((at = 1; at < ${#words[@]} - 1; at++)); do
    case ${words[at]} in
      agent.py | */agent.py) _toolwright_say "$at"; return ;;
      run | -*) ;;
      *) break ;;
    esac
  done
  local before="_toolwright_before_${words[0]##*/}"
  [[ ${!before-} ]] && declare -F "${!before}" >/dev/null && "${!before}" "$@"
}

for _toolwright_each in python python3 uv; do
  if [[ $(complete -p "$_toolwright_each" 2>/dev/null) =~ -F\ ([^ ]+) && ${BASH_REMATCH[1]} != _toolwright_launcher ]]; then
    declare "_toolwright_before_$_toolwright_each=${BASH_REMATCH[1]}"
  fi
  complete -o default -o bashdefault -F _toolwright_launcher "$_toolwright_each"
done
unset _toolwright_each
complete -o bashdefault -F _toolwright toolwright
