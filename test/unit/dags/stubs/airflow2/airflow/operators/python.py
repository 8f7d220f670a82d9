from scenario import PythonOperator
