from scenario import BaseXCom
