"""The promotion dossier: the decision and every number it rests on, for machines and people."""

import html
import json
from dataclasses import asdict, dataclass
from typing import Any

from fitsense_assets.lib.page import page, table
from fitsense_assets.lib.registry.policy import Policy, Standing, Verdict

_CLASS = {
    Standing.NOT_WORSE: "good",
    Standing.WORSE: "bad",
    Standing.UNSURE: "unsure",
    Standing.NOT_JUDGED: "quiet",
}


@dataclass(frozen=True)
class Dossier:
    """One decision: who challenged whom, by which policy, with what result."""

    release: str
    challenger: str
    champion: str | None
    policy: Policy
    verdict: Verdict

    def to_json(self) -> str:
        """The whole dossier, keys sorted."""
        body: dict[str, Any] = {
            "release": self.release,
            "challenger_version": self.challenger,
            "champion_version": self.champion,
            "outcome": self.verdict.outcome,
            "reasons": list(self.verdict.reasons),
            "count_cases": self.verdict.n,
            "gates": [
                {
                    **gate.gate.model_dump(),
                    "n": gate.n,
                    "share": gate.share,
                    "low": gate.low,
                    "high": gate.high,
                    "is_passed": gate.is_passed,
                }
                for gate in self.verdict.gates
            ],
            "pairs": [asdict(pair) for pair in self.verdict.pairs],
            "policy": self.policy.model_dump(mode="json"),
        }
        return json.dumps(body, indent=1, sort_keys=True)

    def to_html(self) -> str:
        """The dossier as one page that needs nothing else."""
        champion = f"version {self.champion}" if self.champion else "nobody yet"
        reasons = "".join(f"<li>{html.escape(reason)}</li>" for reason in self.verdict.reasons)
        body = (
            f"<h1>{html.escape(self.release)}: {self.verdict.outcome}</h1>"
            f"<p>Version {html.escape(self.challenger)} against {html.escape(champion)}, "
            f"{self.verdict.n} cases.</p><ul>{reasons}</ul>"
            f"<h2>Gates</h2>{self._gates()}"
        )
        if self.verdict.pairs:
            body += f"<h2>Paired with the champion</h2>{self._pairs()}"
        return page(f"Promotion of {self.release}", body)

    def _gates(self) -> str:
        rows = [
            (
                f"{gate.gate.system} {gate.gate.measure}",
                f"{gate.share:.1%} [{gate.low:.1%}, {gate.high:.1%}]",
                f"{gate.gate.floor:.0%}",
                ("good", "holds") if gate.is_passed else ("bad", "fails"),
                gate.gate.why,
            )
            for gate in self.verdict.gates
        ]
        return table(("measure", "share, exact interval", "floor", "result", "why"), rows)

    def _pairs(self) -> str:
        rows = [
            (
                f"{pair.system} {pair.measure}",
                pair.slice_name,
                str(pair.difference.n),
                f"{pair.difference.difference:+.1%} "
                f"[{pair.difference.low:+.1%}, {pair.difference.high:+.1%}]",
                f"[{pair.people.low:+.1%}, {pair.people.high:+.1%}]",
                f"-{pair.margin:.0%}",
                f"+{pair.difference.count_gained} / -{pair.difference.count_lost}",
                f"{pair.difference.p_value:.3f}",
                (_CLASS[pair.standing], pair.standing),
            )
            for pair in self.verdict.pairs
        ]
        head = (
            *("measure", "slice", "n", "difference over cases", "over people, bootstrap"),
            *("margin", "gained / lost", "McNemar p", "standing"),
        )
        return table(head, rows)
