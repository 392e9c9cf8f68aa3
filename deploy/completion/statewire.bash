# bash completion for statewire: the program says what may come next.

_statewire() {
  local line=${COMP_LINE:0:COMP_POINT} current candidate
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=${words[-1]}
  COMPREPLY=()
  while IFS= read -r candidate; do
    case $candidate in
      :files) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current") ;;
      :folders) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$current") ;;
      *) COMPREPLY+=("${candidate%%$'\t'*}") ;;
    esac
    [[ $candidate == :* ]] && compopt -o filenames 2>/dev/null
  done < <("${words[0]}" complete "${words[@]:1}" 2>/dev/null)
  # Readline takes words apart at colons, and replaces only what follows the last.
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    local before=${current%"${current##*:}"}
    COMPREPLY=("${COMPREPLY[@]#"$before"}")
  fi
}

complete -F _statewire statewire
