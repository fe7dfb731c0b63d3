"""The closed words of FitSense: every enum a plan, a person or a rule may use.

The values are what stands in prompts, on the wire, in lake columns and in the rules files, so a
changed value is a changed format: bump the prompt and wire versions with it.
"""

from collections.abc import Sequence
from enum import StrEnum


class Goal(StrEnum):
    """What a person trains for; several may be held, in order of priority."""

    STRENGTH = "strength"
    HYPERTROPHY = "hypertrophy"
    FAT_LOSS = "fat_loss"
    ENDURANCE = "endurance"
    GENERAL_HEALTH = "general_health"
    MOBILITY = "mobility"


class ExperienceLevel(StrEnum):
    """Months of consistent resistance training: 0-6, 6-24, above 24 (ACSM 2009; cut at 24 ours)."""

    NOVICE = "novice"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"

    @property
    def rank(self) -> int:
        """0 for a novice, 2 for an advanced lifter."""
        return _ORDER[self]


class Sex(StrEnum):
    """Sex as it enters energy and strength formulas; unspecified widens their ranges."""

    FEMALE = "female"
    MALE = "male"
    UNSPECIFIED = "unspecified"


class AgeBand(StrEnum):
    """Age bands by which people are sliced and rules differ."""

    MINOR = "13-17"
    YOUNG = "18-39"
    MIDDLE = "40-64"
    OLDER = "65+"

    @classmethod
    def of(cls, age: int) -> "AgeBand":
        """The band of an age in whole years (13 to 100)."""
        if age < 18:
            return cls.MINOR
        if age < 40:
            return cls.YOUNG
        return cls.MIDDLE if age < 65 else cls.OLDER


class ActivityLevel(StrEnum):
    """Activity outside the gym."""

    SEDENTARY = "sedentary"
    LIGHTLY_ACTIVE = "lightly_active"
    MODERATELY_ACTIVE = "moderately_active"
    VERY_ACTIVE = "very_active"


class Weekday(StrEnum):
    """Days of the week in order."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def order(self) -> int:
        """0 for Monday, 6 for Sunday."""
        return _ORDER[self]


def smallest_gap(days: Sequence[Weekday]) -> int:
    """Days from one of these to the next in a repeating week, where they are closest; 1 to 7."""
    orders = [day.order for day in days]
    return min((b - a) % 7 or 7 for a, b in zip(orders, orders[1:] + orders[:1], strict=True))


class Equipment(StrEnum):
    """What a person can train with; an empty set means body weight alone."""

    BANDS = "bands"
    DUMBBELLS = "dumbbells"
    KETTLEBELL = "kettlebell"
    BARBELL = "barbell"
    BENCH = "bench"
    PULL_UP_BAR = "pull_up_bar"
    MACHINES = "machines"
    CARDIO_MACHINE = "cardio_machine"


class Muscle(StrEnum):
    """Muscle groups that weekly volume is counted for."""

    ABDOMINALS = "abdominals"
    ABDUCTORS = "abductors"
    ADDUCTORS = "adductors"
    BICEPS = "biceps"
    CALVES = "calves"
    CHEST = "chest"
    FOREARMS = "forearms"
    GLUTES = "glutes"
    HAMSTRINGS = "hamstrings"
    LATS = "lats"
    LOWER_BACK = "lower_back"
    MIDDLE_BACK = "middle_back"
    NECK = "neck"
    QUADRICEPS = "quadriceps"
    SHOULDERS = "shoulders"
    TRAPS = "traps"
    TRICEPS = "triceps"


class Pattern(StrEnum):
    """Movement patterns: what an exercise can stand in for."""

    SQUAT = "squat"
    HINGE = "hinge"
    LUNGE = "lunge"
    H_PUSH = "h_push"
    V_PUSH = "v_push"
    H_PULL = "h_pull"
    V_PULL = "v_pull"
    CARRY = "carry"
    CORE_ANTIEXT = "core_antiext"
    CORE_ANTIROT = "core_antirot"
    CORE_FLEXION = "core_flexion"
    CORE_ROTATION = "core_rotation"
    CALF = "calf"
    ISO_ARM = "iso_arm"
    ISO_SHOULDER = "iso_shoulder"
    CARDIO_LOW_IMPACT = "cardio_low_impact"
    CARDIO_HIGH_IMPACT = "cardio_high_impact"
    BALANCE = "balance"
    MOBILITY = "mobility"


class ExerciseRole(StrEnum):
    """The place of an exercise in a session, in the order it is done."""

    POWER = "power"
    COMPOUND = "compound"
    ISOLATION = "isolation"
    CORE = "core"
    CONDITIONING = "conditioning"
    BALANCE = "balance"
    MOBILITY = "mobility"

    @property
    def order(self) -> int:
        """Position within a session; smaller is earlier."""
        return _ORDER[self]


class DoseKind(StrEnum):
    """How one set of an exercise is counted."""

    REPS = "reps"
    SECONDS = "seconds"
    DISTANCE = "distance"


class LoadKind(StrEnum):
    """How the load of a set is given."""

    KG = "kg"
    PERCENT_1RM = "percent_1rm"
    RPE = "rpe"
    BODYWEIGHT = "bodyweight"


class RiskTag(StrEnum):
    """Properties of an exercise that a condition may forbid."""

    HIGH_IMPACT = "high_impact"
    PLYOMETRIC = "plyometric"
    MAX_EFFORT = "max_effort"
    VALSALVA = "valsalva"
    ISOMETRIC_LONG = "isometric_long"
    AXIAL_LOAD = "axial_load"
    SPINAL_FLEXION_LOADED = "spinal_flexion_loaded"
    SPINAL_ROTATION_LOADED = "spinal_rotation_loaded"
    SPINE_END_RANGE = "spine_end_range"
    OVERHEAD = "overhead"
    BEHIND_NECK = "behind_neck"
    SHOULDER_IR_ABD = "shoulder_IR_abd"
    DEEP_KNEE_FLEXION = "deep_knee_flexion"
    HEAVY_OPEN_CHAIN_KNEE = "heavy_open_chain_knee"
    KNEELING = "kneeling"
    SUPINE = "supine"
    PRONE = "prone"
    INVERTED_HEADDOWN = "inverted_headdown"
    CONTACT = "contact"
    FALL_RISK = "fall_risk"
    BALANCE_UNSUPPORTED = "balance_unsupported"
    HEIGHTS = "heights"
    WATER_UNSUPERVISED = "water_unsupervised"
    FREE_BAR_OVER_BODY = "free_bar_over_body"
    OLYMPIC_LIFT = "olympic_lift"
    BALLISTIC = "ballistic"
    NECK_LOAD = "neck_load"
    HIIT = "hiit"
    ABDOMINAL_PRESSURE = "abdominal_pressure"
    GRIP_MAX = "grip_max"
    HOT_ENVIRONMENT = "hot_environment"
    ALTITUDE_SCUBA = "altitude_scuba"
    LOADED_CARRY_HEAVY = "loaded_carry_heavy"
    TREADMILL_FAST = "treadmill_fast"


class Condition(StrEnum):
    """Health conditions and states that change what a plan may hold."""

    HYPERTENSION = "hypertension"
    CARDIAC_DISEASE = "cardiac_disease"
    TYPE_1_DIABETES = "type_1_diabetes"
    TYPE_2_DIABETES = "type_2_diabetes"
    ASTHMA = "asthma"
    OBESITY = "obesity"
    PREGNANCY_T1 = "pregnancy_t1"
    PREGNANCY_T2 = "pregnancy_t2"
    PREGNANCY_T3 = "pregnancy_t3"
    POSTPARTUM = "postpartum"
    EPILEPSY = "epilepsy"
    OSTEOPOROSIS = "osteoporosis"
    OSTEOPOROSIS_FRACTURE = "osteoporosis_fracture"
    LOW_BACK_PAIN = "low_back_pain"
    KNEE_OSTEOARTHRITIS = "knee_osteoarthritis"
    SHOULDER_IMPINGEMENT = "shoulder_impingement"
    RECENT_SURGERY = "recent_surgery"
    HERNIA = "hernia"
    CONCUSSION = "concussion"
    ARTHRITIS_FLARE = "arthritis_flare"
    COPD = "copd"
    CHRONIC_KIDNEY_DISEASE = "chronic_kidney_disease"
    CANCER_TREATMENT = "cancer_treatment"
    NEUROLOGICAL = "neurological"
    GLAUCOMA = "glaucoma"
    ANTICOAGULANTS = "anticoagulants"
    SICKLE_CELL_TRAIT = "sickle_cell_trait"
    GLP1_USE = "glp1_use"
    OTHER = "other"


class ConditionSeverity(StrEnum):
    """How strongly a condition affects the person now."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class ScreeningState(StrEnum):
    """What screening allows; the later, the stricter."""

    CLEAR = "clear"
    CLEAR_LIGHT = "clear_light"
    BLOCKED = "blocked"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """0 for clear, 3 for an emergency."""
        return _ORDER[self]


class Intensity(StrEnum):
    """Aerobic intensity by talk test: light sings, moderate talks, vigorous gasps."""

    LIGHT = "light"
    MODERATE = "moderate"
    VIGOROUS = "vigorous"


class SessionFocus(StrEnum):
    """What a session is about."""

    FULL_BODY = "full_body"
    UPPER = "upper"
    LOWER = "lower"
    PUSH = "push"
    PULL = "pull"
    CARDIO = "cardio"
    MOBILITY = "mobility"

    @property
    def lifts(self) -> bool:
        """Whether such a session is about resistance work."""
        return self not in (SessionFocus.CARDIO, SessionFocus.MOBILITY)


class ProgressionMethod(StrEnum):
    """How the next weeks grow out of this one."""

    DOUBLE_PROGRESSION = "double_progression"
    HOLD = "hold"
    DELOAD = "deload"
    FIND_LOAD = "find_load"


class PromptType(StrEnum):
    """The four things a person can ask for."""

    PLAN_CREATION = "plan_creation"
    PLAN_MODIFICATION = "plan_modification"
    SAFETY_ADJUSTMENT = "safety_adjustment"
    PROGRESS_ADAPTATION = "progress_adaptation"


class ReasonCode(StrEnum):
    """Why a plan or a line of it is not what it was."""

    NEW_PLAN = "new_plan"
    GOAL_CHANGE = "goal_change"
    LOG_PROGRESS = "log_progress"
    STALL = "stall"
    DELOAD = "deload"
    PAIN = "pain"
    CONDITION_ADDED = "condition_added"
    EQUIPMENT = "equipment"
    TIME = "time"
    ADHERENCE = "adherence"
    READINESS = "readiness"
    USER_REQUEST = "user_request"
    SAFETY_RULE = "safety_rule"


class Severity(StrEnum):
    """What a finding does to a plan: refuse it, mend it, or note it."""

    BLOCK = "BLOCK"
    FIX = "FIX"
    WARN = "WARN"


class OperationKind(StrEnum):
    """What a person may ask to change in a plan."""

    SWAP = "swap"
    REMOVE = "remove"
    ADD = "add"
    MOVE_DAY = "move_day"
    CHANGE_DAYS = "change_days"
    CHANGE_MINUTES = "change_minutes"
    CHANGE_EQUIPMENT = "change_equipment"
    CHANGE_GOAL = "change_goal"
    LIGHTER = "lighter"
    HARDER = "harder"


class BodyRegion(StrEnum):
    """Where it hurts."""

    KNEE = "knee"
    HIP = "hip"
    ANKLE = "ankle"
    LOWER_BACK = "lower_back"
    SHOULDER = "shoulder"
    ELBOW = "elbow"
    WRIST = "wrist"
    NECK = "neck"


class LiftStatus(StrEnum):
    """What the log says of one exercise over its last two exposures."""

    TOP = "top"
    MID = "mid"
    STALL = "stall"
    PAIN = "pain"


class Readiness(StrEnum):
    """Sleep, soreness and stress together; it may hold or reduce, never accelerate."""

    OK = "ok"
    POOR = "poor"


class TemplateId(StrEnum):
    """Fixed texts that stand where no plan may."""

    SEE_CLINICIAN = "see_clinician"
    EMERGENCY = "emergency"
    SUPPORT = "support"
    RESCREEN = "rescreen"
    REFUSED = "refused"


class EscalationLevel(StrEnum):
    """How grave what a person tells is; the later, the graver."""

    NONE = "none"
    E3 = "E3"
    E2 = "E2"
    E1 = "E1"
    E0 = "E0"

    @property
    def rank(self) -> int:
        """0 for nothing, 4 for an emergency."""
        return _ORDER[self]


class TopicPolicy(StrEnum):
    """What may be said about a topic: nothing special, facts, the right person, or no."""

    NONE = "none"
    ALLOW = "allow"
    REDIRECT = "redirect"
    REFUSE = "refuse"

    @property
    def rank(self) -> int:
        """0 for no topic, 3 for a refused one."""
        return _ORDER[self]


# Looked up thousands of times a plan; a dict is ten times faster than walking the enum.
_ORDER: dict[StrEnum, int] = {
    member: index
    for ordered in (
        ExperienceLevel,
        Weekday,
        ExerciseRole,
        ScreeningState,
        EscalationLevel,
        TopicPolicy,
    )
    for index, member in enumerate(ordered)
}
