"""make SEED: a tree of odd things. list: what is there, a line each. pick SEED: a destructive command for it."""
import hashlib, os, random, socket, stat, sys

NAMES = [b"a", b"b", b"-rf", b"--", b"c d", b"n\nl", b"\xff\xfe", b"it's", b"$HOME", b"*", b".hid", b"#x", b"~", b"e;f", b"g.o", b"-"]


def make(seed):
    rnd = random.Random(seed)
    files = []

    def fill(folder, depth):
        for name in rnd.sample(NAMES, rnd.randint(2, 6)):
            path = os.path.join(folder, name)
            kind = rnd.random()
            if kind < 0.35 and depth < 4:
                os.mkdir(path)
                fill(path, depth + 1)
                if rnd.random() < 0.2:
                    os.setxattr(path, b"user.d", b"\0x")
                os.chmod(path, rnd.choice([0o755, 0o700, 0o1777, 0o2750]))
            elif kind < 0.45:
                os.symlink(rnd.choice([b"a", b"/nowhere", b"../b", b"\xff"]), path)
            elif kind < 0.55 and files:
                os.link(rnd.choice(files), path)
                continue
            elif kind < 0.6:
                os.mkfifo(path, 0o640)
            else:
                with open(path, "wb") as file:
                    size = rnd.choice([0, 1, 100, 5000, 70000])
                    file.write(rnd.randbytes(size))
                    if rnd.random() < 0.1:
                        file.seek(300000, 1)
                        file.write(b"end")
                if rnd.random() < 0.2:
                    os.setxattr(path, b"user.x", rnd.randbytes(30))
                os.chmod(path, rnd.choice([0o644, 0o600, 0o755, 0o444, 0o4755]))
                files.append(path)
            if rnd.random() < 0.6:
                at = rnd.randint(10**17, 17 * 10**17)
                os.utime(path, ns=(at, at), follow_symlinks=False)

    os.mkdir(b"t")
    fill(b"t", 0)


def walk():
    found = []
    for folder, folders, files in os.walk(b"t"):
        found += [os.path.join(folder, name) for name in folders + files]
    return [b"t"] + sorted(found) if os.path.lexists(b"t") else []


def listing():
    inodes, lines = {}, []
    for path in walk():
        about = os.lstat(path)
        kind = stat.S_IFMT(about.st_mode)
        extra = b""
        if stat.S_ISREG(kind):
            with open(path, "rb") as file:
                extra = hashlib.sha256(file.read()).hexdigest().encode()
            first = inodes.setdefault(about.st_ino, path)
            extra += b" " + first.hex().encode()
        elif stat.S_ISLNK(kind):
            extra = os.readlink(path)
        attributes = [] if stat.S_ISLNK(kind) else [(n, os.getxattr(path, n).hex()) for n in sorted(os.listxattr(path))]
        lines.append(f"{path.hex()} {oct(about.st_mode)} {about.st_uid} {about.st_mtime_ns} {extra.hex()} {attributes}")
    print("\n".join(lines))


def quoted(path):
    return b"'" + path.replace(b"'", b"'\\''") + b"'"


def pick(seed):
    rnd = random.Random(seed * 7 + 1)
    found = [path for path in walk() if path != b"t"]
    regular = [p for p in found if os.path.isfile(p) and not os.path.islink(p)]
    folders = [p for p in found if os.path.isdir(p) and not os.path.islink(p)]
    one = lambda some: quoted(b"./" + rnd.choice(some)) if rnd.random() < 0.7 else quoted(os.path.abspath(rnd.choice(some)))
    q = lambda: one(regular)
    choices = [
        lambda: b"rm -rf t",
        lambda: b"rm -rf -- " + one(found) + b" " + one(found),
        lambda: b"rm -r " + one(found),
        lambda: b"true; rm -rf " + one(found) + b" " + one(found),
        lambda: b"rm -rfv " + one(found) + b" >/dev/null",
        lambda: b"cd t && rm -rf ./*",
        lambda: b"find t -delete",
        lambda: b"find t -type f -name '*.o' -delete",
    ]
    if folders:
        choices.append(lambda: b"cd " + one(folders) + b" && find . -type f -delete")
    if regular:
        choices += [
            lambda: b"rm -f " + q(), lambda: b"unlink " + q(), lambda: b": > " + q(), lambda: b"echo new > " + q(),
            lambda: b"echo new | tee " + q() + b" >/dev/null", lambda: b"truncate -s 3 " + q(),
            lambda: b"cp /etc/passwd " + q(), lambda: b"cp -f " + q() + b" " + q() + b" 2>/dev/null || :",
            lambda: b"mv -f " + q() + b" " + q() + b" 2>/dev/null || :", lambda: b"ln -sf x " + q(),
            lambda: b"dd if=/etc/passwd of=" + q() + b" bs=7 count=1 status=none",
            lambda: b"sed -i s/./x/ " + q(), lambda: b"install /etc/passwd " + q(),
            lambda: b"rm -f " + q() + b"; echo x > " + q(),
        ]
    sys.stdout.buffer.write(rnd.choice(choices)())


{"make": lambda: make(int(sys.argv[2])), "list": listing, "pick": lambda: pick(int(sys.argv[2]))}[sys.argv[1]]()
