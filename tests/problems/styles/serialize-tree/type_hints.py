from collections.abc import Iterator
from typing import Optional


class Codec:
    def serialize(self, root: Optional[TreeNode]) -> str:
        return " ".join(self._words(root))

    def _words(self, root: Optional[TreeNode]) -> Iterator[str]:
        stack: list[Optional[TreeNode]] = [root]
        while stack:
            node = stack.pop()
            if node is None:
                yield "~"
            else:
                yield format(node.val, "x")
                stack.extend((node.right, node.left))

    def deserialize(self, data: str) -> Optional[TreeNode]:
        words: Iterator[str] = iter(data.split())

        def build() -> Optional[TreeNode]:
            word = next(words)
            return None if word == "~" else TreeNode(int(word, 16), build(), build())

        return build()
