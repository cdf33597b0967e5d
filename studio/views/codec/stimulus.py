"""One stimulus of a trial: the letter to press, the slider, the word its score stands for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from studio.session.mushra import Trial, interval, letter
from studio.views.codec.score_slider import ScoreSlider
from studio.views.parts import label


class Column(QWidget):
    """One stimulus: its letter to press, its slider, its word."""

    heard = Signal()
    scored = Signal(int)

    def __init__(self, stimulus: int) -> None:
        super().__init__()
        name = letter(stimulus)
        self.button = large_button(name, f"Hear {name}  ({stimulus + 1})" if stimulus < 9 else f"Hear {name}")
        self.slider = ScoreSlider(f"Score of {name}")
        self.word = label("", "dim")
        self.word.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.word.setFixedHeight(18)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.slider, 1)
        column.addWidget(self.word)
        column.addWidget(self.button)
        self.button.clicked.connect(self.heard)
        self.slider.scored.connect(self.scored)

    def show_trial(self, trial: Trial, stimulus: int, lit: bool) -> None:
        """Bring it up to date."""
        score = trial.scores[stimulus]
        self.slider.show_score(score, lit)
        self.button.setChecked(lit)
        missing = "not heard" if stimulus not in trial.heard else "not rated"
        self.word.setText(missing if score is None or stimulus not in trial.heard else interval(score))


def large_button(text: str, tip: str) -> QToolButton:
    """A button that says what is heard; it never takes the keyboard."""
    button = QToolButton()
    button.setObjectName("Stimulus")
    button.setText(text)
    button.setToolTip(tip)
    button.setCheckable(True)
    button.setMinimumHeight(40)
    button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
