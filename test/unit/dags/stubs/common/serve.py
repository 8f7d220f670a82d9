"""Runs run_dag.py for each line of stdin, JSON with variables of the environment, in a copy of this process: to start Python is most of the work."""
import hashlib  # noqa: F401, like all of these: what a DAG imports is loaded once
import hmac  # noqa: F401
import json
import os
import runpy
import sys
import traceback

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run_dag.py")

for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.environ.update(json.loads(line))
            runpy.run_path(RUN)
            sys.stdout.flush()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    if status != 0:
        print("null", flush=True)
