"""Completion in shells: what the program offers reaches the command line."""

import os
import shutil
import subprocess
import unittest

from harness import ROOT, ProgramTest, instance_event

COMPLETION = ROOT / "deploy" / "completion"
CONFIG = (
    "subscriptions:\n"
    "  machines: {format: csv, sink: {kind: file, path: machines.csv}}\n"
    "  pager: {sink: {kind: file, path: pager.jsonl}}\n"
)
# zsh completes only in a terminal: one is played to it.
ZSH = r"""
zmodload zsh/zpty
zpty -b shell zsh -f -i
read_all() { local piece; while zpty -r -t shell piece 2>/dev/null; do print -rn -- "$piece"; done }
zpty -w shell 'PS1=; unsetopt beep; fpath=($COMPLETION $fpath); autoload -U compinit; compinit -u -D'
zpty -w shell 'setopt no_list_beep; zstyle ":completion:*" insert-tab false; print READY'
for ((i = 0; i < 200; ++i)); do [[ ${all=}$(: ) == *READY*READY* ]] && break; all+=$(read_all); sleep 0.05; done
zpty -w -n shell "$LINE"$'\t'
for ((i = 0; i < 100; ++i)); do out=${out=}$(read_all); [[ $out == *$WANTED* ]] && break; sleep 0.05; done
print -r -- "$out"
zpty -d shell
"""


class Completions(ProgramTest):
    def setUp(self):
        super().setUp()
        programs = self.folder / "bin"
        programs.mkdir()
        self.program = self.daemon(CONFIG)
        (programs / "statewire").symlink_to(self.program.statewire)
        self.program.start()
        self.program.post(instance_event("i-0a1b2c3d", "running", "2026-11-23T09:00:00Z"))
        self.environment = dict(
            self.program.environment,
            PATH=f"{programs}:{os.environ['PATH']}",
            STATEWIRE_CONFIG=str(self.program.config),
            HOME=str(self.folder),
        )

    def run_shell(self, *command, **more):
        done = subprocess.run(command, env=dict(self.environment, **more), cwd=self.folder,
                              capture_output=True, text=True, timeout=60, check=False)
        return done.stdout.splitlines()

    def in_bash(self, line):
        script = (f'source "{COMPLETION}/statewire.bash"; COMP_LINE={line!r}; '
                  'COMP_POINT=${#COMP_LINE}; _statewire 2>/dev/null; printf "%s\\n" "${COMPREPLY[@]}"')
        return self.run_shell("bash", "-c", script)

    def in_fish(self, line):
        script = f'source "{COMPLETION}/statewire.fish"; complete -C {line!r}'
        return [each.split("\t")[0] for each in self.run_shell("fish", "-N", "-c", script)]

    def check(self, complete):
        self.assertEqual(complete("statewire parked re"), ["redrive"])
        self.assertEqual(complete("statewire ledger --output j"), ["json"])
        self.assertEqual(complete("statewire parked list --subscription "), ["machines", "pager"])
        self.assertEqual(complete("statewire timeline i-0"), ["i-0a1b2c3d"])
        self.assertIn("--since", complete("statewire events --s"))
        self.write("trail.jsonl", "")
        self.assertIn("trail.jsonl", complete("statewire send tr"))

    def test_bash(self):
        self.check(self.in_bash)
        # Readline replaces what follows the last colon.
        self.assertEqual(self.in_bash("statewire events --type AWS::EC2::I"), ["Instance"])

    @unittest.skipUnless(shutil.which("fish"), "there is no fish")
    def test_fish(self):
        self.check(self.in_fish)
        self.assertEqual(self.in_fish("statewire events --type AWS::EC2::I"), ["AWS::EC2::Instance"])

    @unittest.skipUnless(shutil.which("zsh"), "there is no zsh")
    def test_zsh(self):
        for line, wanted in (("statewire parked re", "redrive"), ("statewire timeline i-0", "i-0a1b2c3d"),
                             ("statewire events --type AWS::EC2::I", "AWS::EC2::Instance")):
            shown = "\n".join(self.run_shell("zsh", "-f", "-c", ZSH, LINE=line, WANTED=wanted,
                                             COMPLETION=str(COMPLETION)))
            self.assertIn(wanted, shown)


if __name__ == "__main__":
    unittest.main()
