"""Parses the Bicep files that it is given; prints where one cannot be parsed, and ends with 1."""

import sys

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser


def broken(node: Node):
    """The nodes that the grammar could not make sense of."""
    if node.type == "ERROR" or node.is_missing:
        yield node
        return
    for child in node.children:
        yield from broken(child)


def main(paths: list[str]) -> int:
    parser = Parser(Language(tree_sitter_bicep.language()))
    found = 0
    for path in paths:
        with open(path, "rb") as file:
            tree = parser.parse(file.read())
        for node in broken(tree.root_node):
            line, column = node.start_point
            print(f"{path}:{line + 1}:{column + 1}: cannot be parsed")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
