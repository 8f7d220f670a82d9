from scenario import Variable
