# bash completion for ollama-watchd                        -*- shell-script -*-
# Made of the command line itself by `make docs`: see tests/docs.
# shellcheck disable=SC2207  # words of ours have no blanks
# shellcheck disable=SC2034  # split is _init_completion's

_ollama_watchd_rules()
{
    COMPREPLY=($(compgen -W "$(ollama-watchd rules list 2>/dev/null | sed 's/ .*//')" -- "$cur"))
}

# Say in $operands how many words that are no option, and no value of one, stand before the cursor.
_ollama_watchd_operands()
{
    local index
    operands=0
    for ((index = $1; index < cword; index++)); do
        if [[ " $takes_value " == *" ${words[index]} "* ]]; then
            ((index++))
        elif [[ ${words[index]} == - || ${words[index]} != -* ]]; then
            ((operands++))
        fi
    done
}

_ollama_watchd()
{
    local cur prev words cword split operands
    _init_completion -s -n : || return

    local command=${words[1]} first=2 options='' takes_value='' commands=''
    if [[ $cword -gt 2 && $command == rules ]]; then
        command="rules ${words[2]}" first=3
    fi
    [[ $cword -eq 1 ]] && command=''

    case "$command" in
        '')
            commands='run check rules status explain accept desktop doctor demo'
            options='-h --help --version'
            ;;
        rules)
            commands='list show check test new from-bench schema try'
            options='-h --help'
            ;;
        'run')
            options='-h --help --file --journal --input-format --input-message --input-host --input-time --state --demo-if-none --config --rules --listen --sink'
            takes_value='--file --journal --input-format --input-message --input-host --input-time --state --config --rules --listen --sink'
            ;;
        'check')
            options='-h --help --journal --input-format --input-message --input-host --input-time --running --log --format --rules --config --since --fail-on'
            takes_value='--input-format --input-message --input-host --input-time --log --format --rules --config --since --fail-on'
            ;;
        'rules list')
            options='-h --help --json --config'
            takes_value='--config'
            ;;
        'rules show')
            options='-h --help --config'
            takes_value='--config'
            ;;
        'rules check')
            options='-h --help --config'
            takes_value='--config'
            ;;
        'rules test')
            options='-h --help --rule --format --config'
            takes_value='--rule --format --config'
            ;;
        'rules new')
            options='-h --help --from-launch --log --line --listen --config -o --output'
            takes_value='--log --line --listen --config -o --output'
            ;;
        'rules from-bench')
            options='-h --help -o --output --force --model --severity'
            takes_value='-o --output --model --severity'
            ;;
        'rules schema')
            options='-h --help'
            ;;
        'rules try')
            options='-h --help --rule --line --rules --config'
            takes_value='--rule --line --rules --config'
            ;;
        'status')
            options='-h --help --json --listen'
            takes_value='--listen'
            ;;
        'explain')
            options='-h --help --log --line --want --release --unit --json --config --listen'
            takes_value='--log --line --want --release --unit --config --listen'
            ;;
        'accept')
            options='-h --help --config --listen'
            takes_value='--config --listen'
            ;;
        'desktop')
            options='-h --help --listen --user --min-severity --config --state'
            takes_value='--listen --user --min-severity --config --state'
            ;;
        'doctor')
            options='-h --help --config --write --json'
            takes_value='--config'
            ;;
        'demo')
            options='-h --help --speed --rounds --config --rules --listen --sink'
            takes_value='--speed --rounds --config --rules --listen --sink'
            ;;
    esac

    case "$command $prev" in
        'run --file' | \
        'run --config' | \
        'run --rules' | \
        'check --log' | \
        'check --rules' | \
        'check --config' | \
        'rules list --config' | \
        'rules show --config' | \
        'rules check --config' | \
        'rules test --config' | \
        'rules new --log' | \
        'rules new --config' | \
        'rules new -o' | \
        'rules new --output' | \
        'rules from-bench -o' | \
        'rules from-bench --output' | \
        'rules try --rules' | \
        'rules try --config' | \
        'explain --log' | \
        'explain --config' | \
        'accept --config' | \
        'desktop --config' | \
        'doctor --config' | \
        'demo --config' | \
        'demo --rules')
            _filedir
            return
            ;;
        'run --journal' | \
        'check --journal' | \
        'explain --unit')
            COMPREPLY=($(compgen -W 'ollama.service' -- "$cur"))
            return
            ;;
        'run --input-format' | \
        'check --input-format')
            COMPREPLY=($(compgen -W 'text jsonl' -- "$cur"))
            return
            ;;
        'run --input-message' | \
        'run --input-host' | \
        'run --input-time' | \
        'run --listen' | \
        'run --sink' | \
        'check --input-message' | \
        'check --input-host' | \
        'check --input-time' | \
        'check --since' | \
        'rules new --from-launch' | \
        'rules new --line' | \
        'rules new --listen' | \
        'rules from-bench --model' | \
        'rules try --line' | \
        'status --listen' | \
        'explain --line' | \
        'explain --want' | \
        'explain --release' | \
        'explain --listen' | \
        'accept --listen' | \
        'desktop --listen' | \
        'desktop --user' | \
        'demo --speed' | \
        'demo --rounds' | \
        'demo --listen' | \
        'demo --sink')
            :
            return
            ;;
        'run --state' | \
        'desktop --state')
            _filedir -d
            return
            ;;
        'check --format' | \
        'rules test --format')
            COMPREPLY=($(compgen -W 'text json junit' -- "$cur"))
            return
            ;;
        'check --fail-on' | \
        'rules from-bench --severity' | \
        'desktop --min-severity')
            COMPREPLY=($(compgen -W 'info warning critical' -- "$cur"))
            return
            ;;
        'rules test --rule' | \
        'rules try --rule')
            _ollama_watchd_rules
            return
            ;;
    esac

    if [[ $cur == -* || $commands ]]; then
        [[ $cur == -* ]] && commands=$options
        COMPREPLY=($(compgen -W "$commands" -- "$cur"))
        return
    fi
    _ollama_watchd_operands "$first"
    case "$command $operands" in
        'run 0') COMPREPLY=($(compgen -W '-' -- "$cur")) ;;
        'check '*) _filedir ;;
        'rules list '*) _filedir ;;
        'rules show 0') _ollama_watchd_rules ;;
        'rules show '*) _filedir ;;
        'rules check '*) _filedir ;;
        'rules test '*) _filedir ;;
        'rules new 0') _ollama_watchd_rules ;;
        'rules from-bench 0') _filedir ;;
        'rules try 0') _filedir ;;
    esac
} &&
    complete -F _ollama_watchd ollama-watchd
