"""Nodes and skins of a glTF document at rest: where each vertex is, and how far it turns with the head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    from engines.scene.gltf_book import Book

Doubles = NDArray[np.float64]
_ENDS = ("end", "top", "nub", "tip")
DEEPEST = 256
"""Parents of a node are followed this far: a loop in a broken file ends."""


class Nodes:
    """The node tree. pivot: (3,) where the head's joint stands, None where no node is called head."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._nodes: list[Any] = list(book.about.get("nodes", ()))
        self._parent = {child: i for i, node in enumerate(self._nodes) for child in node.get("children", ())}
        scenes = book.about.get("scenes", ())
        roots = scenes[book.about.get("scene", 0)].get("nodes", ()) if scenes else range(len(self._nodes))
        self._roots = frozenset(roots)
        head = next((i for i, node in enumerate(self._nodes) if _is_head(str(node.get("name", "")))), None)
        self._of_head = frozenset() if head is None else frozenset(self._below(head))
        self.head = head
        self.pivot = None if head is None else self.matrix(head)[:3, 3].astype(np.float32)

    def in_scene(self, index: int) -> bool:
        """Whether a node is shown."""
        return not self._roots or self._line(index)[-1] in self._roots

    def matrix(self, index: int) -> Doubles:
        """From a node's space to the scene's, (4, 4)."""
        out = np.eye(4)
        for one in self._line(index):
            out = _local(self._nodes[one]) @ out
        return out

    def rotations(self, index: int) -> tuple[Doubles, Doubles]:
        """The rotation of all above a node, and its own at rest: (3, 3) each."""
        own = _unscaled(_local(self._nodes[index]))
        return _unscaled(self.matrix(index)) @ own.T, own

    def placing(self, index: int, attributes: Any, count: int) -> tuple[Doubles, Doubles]:
        """What brings each vertex of a mesh into the scene at rest, (v, 3, 4), and its share of the head, (v,)."""
        skin = self._nodes[index].get("skin")
        if skin is None or "JOINTS_0" not in attributes:
            held = not self._of_head or index in self._of_head
            return np.tile(self.matrix(index)[:3], (count, 1, 1)), np.full(count, float(held))
        told = self._book.about["skins"][skin]
        joints = list(told["joints"])
        inverse = np.tile(np.eye(4), (len(joints), 1, 1))
        if "inverseBindMatrices" in told:
            inverse = self._book.array(told["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
        moves = np.stack([self.matrix(j) @ inverse[k] for k, j in enumerate(joints)])[:, :3]  # (j, 3, 4)
        used = self._book.array(attributes["JOINTS_0"]).astype(int)
        shares = self._book.array(attributes["WEIGHTS_0"]).astype(np.float64)
        shares /= shares.sum(1, keepdims=True) + 1e-12
        held = np.array([float(j in self._of_head or not self._of_head) for j in joints])
        turn = sum(shares[:, k, None, None] * moves[used[:, k]] for k in range(shares.shape[1]))
        follow = sum(shares[:, k] * held[used[:, k]] for k in range(shares.shape[1]))
        return np.asarray(turn), np.asarray(follow)

    def _line(self, index: int) -> list[int]:
        """The node, its parent, and so on to the root."""
        line = [index]
        while line[-1] in self._parent and len(line) < DEEPEST:
            line.append(self._parent[line[-1]])
        return line

    def _below(self, index: int, depth: int = 0) -> list[int]:
        """The node and everything under it."""
        found = [index]
        if depth < DEEPEST:
            for child in self._nodes[index].get("children", ()):
                found += self._below(child, depth + 1)
        return found


def _local(node: Any) -> Doubles:
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    out = np.eye(4)
    out[:3, :3] = Rotation.from_quat(node.get("rotation", (0, 0, 0, 1))).as_matrix() * node.get("scale", (1, 1, 1))
    out[:3, 3] = node.get("translation", (0, 0, 0))
    return out


def _unscaled(matrix: Doubles) -> Doubles:
    turn = matrix[:3, :3]
    return turn / (np.linalg.norm(turn, axis=0) + 1e-12)


def _is_head(name: str) -> bool:
    """Head, J_Bip_C_Head, CC_Base_Head, mixamorig:Head; not HeadTop_End."""
    plain = "".join(c for c in name.lower() if c.isalnum())
    return plain.endswith("head") and not plain.endswith(_ENDS)
