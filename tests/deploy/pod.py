"""A container as a pod of Kubernetes describes it, without Kubernetes: a root that cannot be
written, what is mounted in it, a user without privileges, a network of its own. Needs root.

    unshare --mount --net python3 pod.py SPEC.json    becomes the program
"""

import ctypes
import fcntl
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
PR_SET_NO_NEW_PRIVS = 38


def raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        _, flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def mount(source, target, is_read_only):
    subprocess.run(["mount", "--bind", source, target], check=True)
    if is_read_only:
        subprocess.run(["mount", "-o", "remount,bind,ro", target], check=True)


def main():
    spec = json.loads(pathlib.Path(sys.argv[1]).read_text())
    raise_loopback()
    root = pathlib.Path(spec["root"])
    targets = [root / each["target"].lstrip("/") for each in spec["mounts"]]
    for target in targets:
        target.mkdir(parents=True, exist_ok=True)
    mount(root, root, spec["is_root_read_only"])
    for each, target in zip(spec["mounts"], targets):
        mount(each["source"], target, each["is_read_only"])
    os.chroot(root)
    os.chdir("/")
    os.setgroups(spec["groups"])
    os.setgid(spec["group"])
    os.setuid(spec["user"])
    ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    os.execve(spec["command"][0], spec["command"], spec["environment"])


if __name__ == "__main__":
    main()
