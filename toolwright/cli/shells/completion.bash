# Completion of toolwright, python agent.py and uv run agent.py in bash: eval "$(python agent.py completion bash)"

_toolwright_say() { # FIRST: complete the words after the program, which ends with word FIRST
  local first=$1 line value about current stem
  line=${COMP_LINE:0:COMP_POINT}
  local -a words=()
  read -r -a words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=${words[${#words[@]} - 1]}
  stem=${current%"${current##*[:=]}"} # readline replaces only what follows a colon or an equals sign
  COMPREPLY=()
  while IFS=$'\t' read -r value about; do
    case $value in
      :files) compopt -o filenames 2>/dev/null; while read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current") ;;
      :folders) compopt -o filenames 2>/dev/null; while read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$current") ;;
      *) COMPREPLY+=("${value#"$stem"}"); [[ $value == *[:=] ]] && compopt -o nospace 2>/dev/null ;;
    esac
  done < <("${words[@]:0:first+1}" --complete "${words[@]:first+1}" 2>/dev/null </dev/null)
}

_toolwright() { _toolwright_say 0; }

_toolwright_launcher() { # python and uv are ours only where they start an agent.py
  local -a words=()
  local at
  read -r -a words <<<"${COMP_LINE:0:COMP_POINT}"
  for ((at = 1; at < COMP_CWORD && at < ${#words[@]}; at++)); do
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
