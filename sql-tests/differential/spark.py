"""The text for Firesteel and Spark."""

import functions
from dialects import Dialect, comma


class Spark(Dialect):
    def type(self, type):
        return f"DECIMAL({type.precision},{type.scale})" if type.is_decimal else type.name.upper()

    def how(self, how):
        return {"SEMI": "LEFT SEMI", "ANTI": "LEFT ANTI"}.get(how, how)

    def _divide_integers(self, node):
        return self.infix("div", node)

    def _round(self, node):
        return f"round({self.text(node.args[0])}, {node.places})"

    def _call(self, node):
        return functions.BY_NAME[node.name].spark.format(*self.all(node.args))

    def _aggregate(self, node):
        if node.name == "listagg":
            text = self.arguments(node)[0]
            return f"listagg({text}, ',') WITHIN GROUP (ORDER BY {text}){self.filter(node)}"
        if node.name == "count_pairs":
            return f"count(DISTINCT {comma(self.arguments(node))}){self.filter(node)}"
        return self.simple_aggregate("count" if node.name == "count_all" else node.name, node)

    def _shift(self, node):
        nulls = " IGNORE NULLS" if node.ignore_nulls else ""
        return self.called(node.name, node) + nulls

    def _window(self, node):
        return f"{self.text(node.args[0])} {self.over(node)}"
