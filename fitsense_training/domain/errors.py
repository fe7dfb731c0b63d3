"""The one error tree of FitSense.

FitSenseError
├── BadInput                 the caller can mend it: a wrong setting, key, file or request
│   ├── PlanParseError       text that should hold a plan does not
│   └── UnknownName          a cohort, release, exercise or model that does not exist
├── CorruptArtifact          bytes on disk are not the bytes that were written
├── OutOfSpace               there is no room left to write; what was there before is as it was
├── RuleBookError            a rules/*.yaml file contradicts itself or the vocabulary
└── UnsafeAnswer             no answer passed the safety rules, and none may be shown

Every message says what is wrong and what to do about it; it is shown to people as it is.
"""


class FitSenseError(Exception):
    """Anything FitSense refuses to do, with a sentence a person can act on."""


class BadInput(FitSenseError):
    """The caller can mend it: a wrong setting, key, file or request."""


class PlanParseError(BadInput):
    """Text that should hold a plan does not."""


class UnknownName(BadInput):
    """A cohort, release, exercise or model that does not exist."""


class CorruptArtifact(FitSenseError):
    """Bytes on disk are not the bytes that were written."""


class OutOfSpace(FitSenseError):
    """There is no room left to write; what was there before is as it was."""


class RuleBookError(FitSenseError):
    """A rules file contradicts itself or the vocabulary."""


class UnsafeAnswer(FitSenseError):
    """No answer passed the safety rules, and none may be shown."""
