"""Imports the DAG file that is named and runs its task with the scenario's confs; prints what came of it as JSON."""
import importlib.util
import json
import sys

from scenario import SCENARIO, STORED

spec = importlib.util.spec_from_file_location("airlock_check", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
dag = module.dag
settings = {k: v for k, v in dag.settings.items() if isinstance(v, (bool, int, str, list, type(None)))}
result = {"dagId": dag.dag_id, "tasks": list(dag.tasks), "settings": settings, "retries": dag.settings["default_args"]["retries"]}


class TaskInstance:
    dag_id, task_id, run_id, map_index = "airlock_check", "answer", "run-1", -1


def outcome(conf):
    STORED.clear()
    try:
        returned = dag.tasks["answer"](dag_run=type("DagRun", (), {"conf": conf})(), ti=TaskInstance())
        # What the REST API gives: what a task returns goes through the configured back end, which replaces what is there.
        stored = STORED[-1] if STORED else None
        return {"returned": stored["value"] if returned is None and stored else returned, "stored": stored}
    except BaseException as error:
        return {"raised": "%s: %s" % (type(error).__name__, error)}


result.update(outcome(SCENARIO.get("conf")))
result["others"] = [outcome(conf) for conf in SCENARIO.get("otherConfs", [])]
print(json.dumps(result))
