"""Imports the DAG file that is named and runs its task with the scenario's confs; prints what came of it as JSON."""
import importlib.util
import json
import sys

from scenario import SCENARIO

spec = importlib.util.spec_from_file_location("airlock_check", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
dag = module.dag
settings = {k: v for k, v in dag.settings.items() if isinstance(v, (bool, int, str, list, type(None)))}
result = {"dagId": dag.dag_id, "tasks": list(dag.tasks), "settings": settings, "retries": dag.settings["default_args"]["retries"]}


def outcome(conf):
    try:
        return {"returned": dag.tasks["answer"](dag_run=type("DagRun", (), {"conf": conf})(), ti=None)}
    except BaseException as error:
        return {"raised": "%s: %s" % (type(error).__name__, error)}


result.update(outcome(SCENARIO.get("conf")))
result["others"] = [outcome(conf) for conf in SCENARIO.get("otherConfs", [])]
print(json.dumps(result))
