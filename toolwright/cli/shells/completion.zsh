# Completion of toolwright, python agent.py and uv run agent.py in zsh, after compinit:
# eval "$(python agent.py completion zsh)"

_toolwright_say() { # FIRST: complete the words after the program, which ends with word FIRST
  local first=$1 value about files=""
  local -a said open program=("${(@Q)words[1,first]}")
  while IFS=$'\t' read -r value about; do
    case $value in
      :files) files="-f" ;;
      :folders) files="-/" ;;
      *[:=]) open+=("${value//:/\\:}${about:+:$about}") ;;
      *) said+=("${value//:/\\:}${about:+:$about}") ;;
    esac
  done < <("${program[@]}" --complete "${(@Q)words[first+1,CURRENT]}" 2>/dev/null </dev/null)
  local -a flags=()
  [[ ${words[CURRENT]} == -* ]] && flags=(-o)
  (( $#said )) && _describe $flags 'toolwright' said
  (( $#open )) && _describe $flags 'toolwright' open -S ''
  case $files in
    -f) _files ;;
    -/) _files -/ ;;
  esac
}

_toolwright() { _toolwright_say 1 }

_toolwright_launcher() { # python and uv are ours only where they start an agent.py
  local at
  for ((at = 2; at < CURRENT; at++)); do
    case ${words[at]} in
      agent.py | */agent.py) _toolwright_say $at; return ;;
      run | -*) ;;
      *) break ;;
    esac
  done
  ${_toolwright_before[$service]:-_default}
}

typeset -gA _toolwright_before
for _toolwright_each in python python3 uv; do
  [[ ${_comps[$_toolwright_each]-} == _toolwright_launcher ]] ||
    _toolwright_before[$_toolwright_each]=${_comps[$_toolwright_each]-}
  compdef _toolwright_launcher $_toolwright_each
done
unset _toolwright_each
compdef _toolwright toolwright
