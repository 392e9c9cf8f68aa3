# fish completion for statewire

set -l commands run convert match check explain send tail resources timeline ledger parked \
    catalog sinks store aws status

function __statewire_is
    set -l words (commandline -opc)
    set -l wanted $argv
    set -l found
    for word in $words[2..]
        string match -q -- '-*' $word; or set -a found $word
    end
    test "$found[1..(count $wanted)]" = "$wanted"
end

complete -c statewire -f
complete -c statewire -l help -d 'Say how it is used'
complete -c statewire -l config -r -F -d 'The configuration'
complete -c statewire -n "not __fish_seen_subcommand_from $commands" -l version -d 'Say which version'

set -l new "not __fish_seen_subcommand_from $commands"
complete -c statewire -n $new -a run -d 'Run the daemon'
complete -c statewire -n $new -a convert -d 'A filter: events in, notifications out'
complete -c statewire -n $new -a match -d 'A filter: events in, those that match out'
complete -c statewire -n $new -a check -d 'Check a configuration'
complete -c statewire -n $new -a explain -d 'Say what would become of an event, and why'
complete -c statewire -n $new -a send -d 'Send events to the running daemon'
complete -c statewire -n $new -a tail -d 'Follow notifications as they come'
complete -c statewire -n $new -a resources -d 'List resources and their state'
complete -c statewire -n $new -a timeline -d 'Show what happened to a resource'
complete -c statewire -n $new -a ledger -d 'Show the fate of every event'
complete -c statewire -n $new -a parked -d 'Deliveries that need a person'
complete -c statewire -n $new -a catalog -d 'List the entries that recognise events'
complete -c statewire -n $new -a sinks -d 'List the configured sinks, or try one'
complete -c statewire -n $new -a store -d 'Work on the store'
complete -c statewire -n $new -a aws -d 'Show which AWS credentials are found'
complete -c statewire -n $new -a status -d 'Show what the running daemon does'

for command in explain send tail resources timeline ledger parked status
    complete -c statewire -n "__statewire_is $command" -l url -x -d 'The daemon to ask'
    complete -c statewire -n "__statewire_is $command" -l token-file -r -F -d 'With --url: the token'
end

for command in convert match check explain send
    complete -c statewire -n "__statewire_is $command" -F
end

for command in convert tail
    complete -c statewire -n "__statewire_is $command" -l format -x -a 'json json-data csv text'
end
complete -c statewire -n '__statewire_is convert' -l catalog -r -F -d 'A folder of entries'

complete -c statewire -n '__statewire_is match' -l pattern -r -F -d 'A pattern'
complete -c statewire -n '__statewire_is match' -l patterns -r -F -d 'A named pattern in each line'
complete -c statewire -n '__statewire_is match' -l count -d 'Only how many match'
complete -c statewire -n '__statewire_is match' -l explain -d 'Which clause failed first'
complete -c statewire -n '__statewire_is match' -l check -d 'Only look at the patterns'
complete -c statewire -n '__statewire_is match' -l aws -d 'With --check: what EventBridge refuses, too'

complete -c statewire -n '__statewire_is tail' -l when -x -d 'A pattern'
complete -c statewire -n '__statewire_is tail' -l from -x -a 'now earliest'

complete -c statewire -n '__statewire_is resources' -l type -x
complete -c statewire -n '__statewire_is resources' -l account -x
complete -c statewire -n '__statewire_is resources' -l region -x
complete -c statewire -n '__statewire_is resources' -l phase -x \
    -a 'provisioning stable changing degraded stopped deprovisioning gone unknown'
complete -c statewire -n '__statewire_is resources' -l cause -x \
    -a 'deployment human autoscaling schedule provider service automation unknown'
complete -c statewire -n '__statewire_is resources' -l actor -x
complete -c statewire -n '__statewire_is resources' -l tag -x
complete -c statewire -n '__statewire_is resources' -l since -x
for command in resources timeline
    complete -c statewire -n "__statewire_is $command" -l limit -x
end

complete -c statewire -n '__statewire_is ledger' -l unrecognised -d 'What no entry knows'
complete -c statewire -n '__statewire_is ledger' -l refusals -d 'What was refused, and why'

set -l parked 'list show redrive drop'
complete -c statewire -n '__statewire_is parked; and not __fish_seen_subcommand_from list show redrive drop' \
    -a $parked
complete -c statewire -n '__statewire_is store; and not __fish_seen_subcommand_from check salvage' \
    -a 'check salvage'
complete -c statewire -n '__statewire_is store salvage' -l to -r -F -d 'Where the new store is made'
complete -c statewire -n '__statewire_is sinks; and not __fish_seen_subcommand_from test' -a test
for command in list redrive drop
    complete -c statewire -n "__statewire_is parked $command" -l subscription -x
    complete -c statewire -n "__statewire_is parked $command" -l sequence -x
    complete -c statewire -n "__statewire_is parked $command" -l resource -x
end
for command in redrive drop
    complete -c statewire -n "__statewire_is parked $command" -l dry-run -d 'Do nothing'
end
complete -c statewire -n '__statewire_is parked list' -l limit -x
complete -c statewire -n '__statewire_is parked redrive' -l skip-moot -d 'Leave out what is out of date'
complete -c statewire -n '__statewire_is parked drop' -l all -d 'Everything that is parked'

for command in list show coverage why
    complete -c statewire -n "__statewire_is catalog $command" -l folder -r -F -d 'A folder of entries'
end
complete -c statewire -n '__statewire_is catalog coverage' -l of -r -F -d 'A file of events'
for command in list coverage
    complete -c statewire -n "__statewire_is catalog $command" -l output -x -a 'table json csv'
end

complete -c statewire -n '__statewire_is sinks test' -l output -x -a 'text json'
for command in resources timeline ledger sinks
    complete -c statewire -n "__statewire_is $command" -l output -x -a 'table json csv'
end
for command in list redrive drop
    complete -c statewire -n "__statewire_is parked $command" -l output -x -a 'table json csv'
end
for command in check explain status
    complete -c statewire -n "__statewire_is $command" -l output -x -a 'text json'
end
complete -c statewire -n '__statewire_is aws; and not __fish_seen_subcommand_from whoami' -a whoami
complete -c statewire -n '__statewire_is aws whoami' -l output -x -a 'table json'
complete -c statewire -n '__statewire_is aws whoami' -l role -x -d 'A role to assume'
complete -c statewire -n '__statewire_is aws whoami' -l external-id -x -d 'What the role asks for'
complete -c statewire -n '__statewire_is parked show' -l output -x -a 'text json'
