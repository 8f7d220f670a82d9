"""
Reads the canary; with a file in its conf waits until that is there, and reads it again: a task that runs while its
credential is removed. Answers which values it got.
"""
import os
import time
from datetime import datetime

try:
    from airflow.sdk import DAG, Variable
except ImportError:
    from airflow import DAG
    from airflow.models import Variable
try:
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.python import PythonOperator


def read():
    return "stale" if Variable.get("airlock-canary") == "stale" else "vault"


def read_twice(**context):
    first, go = read(), context["dag_run"].conf.get("go")
    if go is None:
        return first
    deadline = time.monotonic() + 60
    while not os.path.exists(go):
        if time.monotonic() > deadline:
            raise TimeoutError(go)
        time.sleep(0.2)
    return "%s, then %s" % (first, read())


with DAG(
    "reads_twice",
    schedule=None,
    start_date=datetime(2021, 1, 1),
    catchup=False,
    is_paused_upon_creation=False,
) as dag:
    PythonOperator(task_id="read_twice", python_callable=read_twice)
