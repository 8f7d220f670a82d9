from scenario import DAG, Variable
