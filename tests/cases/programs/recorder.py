"""Runs each program of a list with what starts or destroys something replaced, and writes down what it would have done."""
import asyncio, builtins, io, json, os, pathlib, pty, shutil, sqlite3, subprocess, sys, types

done = []


class Quiet:
    """Stands for a process, a cursor, a response."""
    returncode, stdout, stderr, status_code, text, pid = 0, "", "", 200, "", 1

    def __getattr__(self, name):
        return lambda *a, **k: Quiet()

    def __iter__(self):
        return iter(())

    def __enter__(self):
        return self

    def __exit__(self, *a):
        return False


def plain(value):
    value = os.fspath(value) if isinstance(value, os.PathLike) else value
    return value.decode() if isinstance(value, bytes) else str(value)


def does(*words):
    done.append([plain(word) for word in words])
    return Quiet()


def started(args, shell=False):
    if isinstance(args, (str, bytes)):
        return does("sh", "-c", args) if shell else does(args)
    return does(*args)


def process(value=None):
    def call(*a, args=None, shell=False, **k):
        started(a[0] if a else args, shell)
        return Quiet() if value is None else value
    return call


def leaves(*words):
    does(*words)
    raise SystemExit


real_open = open


def opened(path, mode="r", *a, **k):
    if "w" in mode:
        done.append([">", plain(path)])
        return io.BytesIO() if "b" in mode else io.StringIO()
    return real_open(path, mode, *a, **k)


def wrote(self, text, *a, **k):
    done.append([">", plain(self)])


class Statements(Quiet):
    def cursor(self):
        return self

    def execute(self, text, *a):
        return does("psql", "-c", text)

    executescript = execute


class Requests(types.ModuleType):
    @staticmethod
    def delete(url, **k):
        return does("curl", "-X", "DELETE", url)

    @staticmethod
    def request(method, url, **k):
        return does("curl", "-X", method, url)

    @staticmethod
    def Session():
        return Requests("requests")


async def shell(text, **k):
    return does("sh", "-c", text)


async def program(*words, **k):
    return does(*words)


os.system = lambda text: does("sh", "-c", text) and 0
os.popen = lambda text, *a: does("sh", "-c", text)
os.execvp = lambda file, args: leaves(file, *args[1:])
os.execl = lambda file, *args: leaves(*args)
os.spawnlp = lambda mode, file, *args: does(*args)
os.spawnvp = lambda mode, file, args: does(file, *args[1:])
os.posix_spawn = lambda file, args, env: does(file, *args[1:])
subprocess.run = subprocess.call = subprocess.check_call = subprocess.Popen = process()
subprocess.check_output = process("")
subprocess.getoutput = lambda text: does("sh", "-c", text) and ""
subprocess.getstatusoutput = lambda text: does("sh", "-c", text) and (0, "")
pty.spawn = lambda words: started(words)
asyncio.create_subprocess_shell, asyncio.create_subprocess_exec = shell, program
os.remove = os.unlink = lambda path, **k: does("rm", "-f", "--", path)
os.rmdir = lambda path, **k: does("rmdir", "--", path)
os.truncate = lambda path, size: does("truncate", "-s", size, path)
os.rename = os.replace = lambda a, b: does("mv", "--", a, b)
os.chdir = lambda path: None
shutil.move = lambda a, b: does("mv", "--", a, b)
shutil.copyfile = lambda a, b: does("cp", "--", a, b)
shutil.rmtree = lambda path, *a, **k: does("rm", "-r", "-f", "--", path)
pathlib.Path.unlink = lambda self, missing_ok=False: does("rm", "-f", "--", self)
pathlib.Path.rmdir = lambda self: does("rmdir", "--", self)
pathlib.Path.write_text = wrote
builtins.open = opened
sqlite3.connect = lambda *a, **k: Statements()
sys.modules["requests"] = Requests("requests")

programs = json.load(sys.stdin)
answers = []
output, sys.stdout = sys.stdout, io.StringIO()
for one in programs:
    done = []
    sys.argv = ["program.py", *one["arguments"]]
    error = None
    before = dict(os.environ)
    try:
        exec(compile(one["code"], "program.py", "exec"), {"__name__": "__main__"})
    except SystemExit:
        pass
    except BaseException as trouble:
        error = repr(trouble)
    for name in set(os.environ) - set(before):
        del os.environ[name]
    answers.append({"done": done, "error": error})
sys.stdout = output
json.dump(answers, sys.stdout)
