# bash completion for statewire

_statewire_files() {
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
  compopt -o filenames 2>/dev/null
}

_statewire_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_statewire() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command='' word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    case $word in
      --config) ((++i)) ;;
      -*) ;;
      parked | catalog | sinks | store)
        command=$word
        if ((i + 1 < COMP_CWORD)); then command+=" ${COMP_WORDS[i + 1]}"; fi
        break
        ;;
      aws)
        command=$word
        if ((i + 1 < COMP_CWORD)); then command+=" ${COMP_WORDS[i + 1]}"; fi
        break
        ;;
      *)
        command=$word
        break
        ;;
    esac
  done

  case $previous in
    --config | --token-file | --catalog | --folder | --of | --pattern | --patterns)
      _statewire_files "$current"
      return
      ;;
    --format)
      _statewire_words 'json json-data csv text' "$current"
      return
      ;;
    --phase)
      _statewire_words 'provisioning stable changing degraded stopped deprovisioning gone unknown' \
        "$current"
      return
      ;;
    --cause)
      _statewire_words 'deployment human autoscaling schedule provider service automation unknown' \
        "$current"
      return
      ;;
    --from)
      _statewire_words 'now earliest' "$current"
      return
      ;;
    --output)
      case $command in
        check | explain | status | 'parked show' | 'sinks test') _statewire_words 'text json' "$current" ;;
        'aws whoami') _statewire_words 'table json' "$current" ;;
        *) _statewire_words 'table json csv' "$current" ;;
      esac
      return
      ;;
    --type | --account | --region | --actor | --tag | --since | --limit | --when | \
      --subscription | --sequence | --resource | --role | --url)
      return
      ;;
  esac

  local options='' daemon='--url --token-file'
  case $command in
    '')
      _statewire_words 'run convert match check explain send tail resources timeline ledger
        parked catalog sinks store aws status --config --help --version' "$current"
      return
      ;;
    parked)
      _statewire_words 'list show redrive drop --help' "$current"
      return
      ;;
    catalog)
      _statewire_words 'list show coverage why --help' "$current"
      return
      ;;
    sinks)
      _statewire_words 'test --output --config --help' "$current"
      return
      ;;
    store)
      _statewire_words 'check --help' "$current"
      return
      ;;
    aws)
      _statewire_words 'whoami --help' "$current"
      return
      ;;
    run) options='--config' ;;
    convert) options='--format --catalog --config' ;;
    match) options='--pattern --patterns --count --explain --check --aws --config' ;;
    check) options='--config --output' ;;
    explain) options="--config --output $daemon" ;;
    send) options="--config $daemon" ;;
    tail) options="--when --format --from --config $daemon" ;;
    resources)
      options="--type --account --region --phase --cause --actor --tag --since --limit --output
        --config $daemon"
      ;;
    timeline) options="--limit --output --config $daemon" ;;
    ledger) options="--unrecognised --refusals --output --config $daemon" ;;
    'parked list') options="--subscription --sequence --resource --limit --output --config $daemon" ;;
    'parked show') options="--output --config $daemon" ;;
    'parked redrive')
      options="--subscription --sequence --resource --skip-moot --dry-run --output --config $daemon"
      ;;
    'parked drop')
      options="--subscription --sequence --resource --all --dry-run --output --config $daemon"
      ;;
    'catalog list') options='--folder --output --config' ;;
    'catalog show' | 'catalog why') options='--folder --config' ;;
    'catalog coverage') options='--of --folder --output --config' ;;
    'sinks test') options='--output --config' ;;
    'store check') options='--config' ;;
    'store salvage') options='--to --config' ;;
    'aws whoami') options='--role --external-id --output' ;;
    status) options="--config --output $daemon" ;;
  esac

  if [[ $current == -* ]]; then
    _statewire_words "$options --help" "$current"
    return
  fi
  case $command in
    convert | match | check | explain | send) _statewire_files "$current" ;;
  esac
}

complete -F _statewire statewire
