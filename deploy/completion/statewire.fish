# fish completion for statewire: the program says what may come next. For fish 3.1 and later.

function __statewire_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] complete $words[2..] "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :folders
                __fish_complete_directories "$current" ''
            case '*'
                echo $line
        end
    end
end

complete -c statewire -f -a '(__statewire_candidates)'
