"""Each automation condition on a chain of two: what it asks for, and what it leaves alone."""

from collections.abc import Generator

import dagster as dg
import pytest

from fitsense_assets.defs.automation.conditions import ON_CHANGED_CODE, ON_CHANGED_CONTENT

COHORTS = dg.DynamicPartitionsDefinition(name="cohort")


class Chain:
    """`people` with a blocking check, and `questions` that depend on them."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.versions = {"people": "1", "questions": "1"}
        self.content, self.is_sound, self.breaks = "a", True, False
        self._cursor = None

    @property
    def parts(self) -> tuple[dg.AssetsDefinition, ...]:
        @dg.asset(
            partitions_def=COHORTS,
            code_version=self.versions["people"],
            automation_condition=ON_CHANGED_CODE,
        )
        def people() -> dg.MaterializeResult:
            return dg.MaterializeResult(data_version=dg.DataVersion(self.content))

        @dg.asset_check(asset=people, partitions_def=COHORTS, blocking=True)
        def people_are_sound() -> dg.AssetCheckResult:
            return dg.AssetCheckResult(passed=self.is_sound)

        @dg.asset(
            partitions_def=COHORTS,
            deps=[people],
            code_version=self.versions["questions"],
            automation_condition=ON_CHANGED_CONTENT,
        )
        def questions() -> dg.MaterializeResult:
            if self.breaks:
                raise ValueError("broken")
            return dg.MaterializeResult(data_version=dg.DataVersion(f"about {self.content}"))

        return people, people_are_sound, questions

    def make(self, *names: str) -> None:
        dg.materialize(
            self.parts,
            selection=list(names),
            partition_key="c1",
            instance=self.instance,
            raise_on_error=False,
        )

    def asked_for(self) -> set[str]:
        people, check, questions = self.parts
        defs = dg.Definitions(assets=[people, questions], asset_checks=[check])
        result = dg.evaluate_automation_conditions(defs, self.instance, cursor=self._cursor)
        self._cursor = result.cursor
        keys = (people.key, questions.key)
        return {k.to_user_string() for k in keys if result.get_requested_partitions(k)}


@pytest.fixture
def chain() -> Generator[Chain]:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("cohort", ["c1"])
        chain = Chain(instance)
        chain.asked_for()
        yield chain


@pytest.fixture
def built(chain: Chain) -> Chain:
    chain.make("people", "questions")
    chain.asked_for()
    return chain


def test_a_new_cohort_waits_for_somebody_to_start_it(chain: Chain):
    assert chain.asked_for() == set()


def test_a_chain_that_was_built_whole_asks_for_nothing(built: Chain):
    assert built.asked_for() == set()


def test_a_changed_input_asks_for_what_follows(built: Chain):
    built.content = "b"
    built.make("people")

    assert built.asked_for() == {"questions"}
    assert built.asked_for() == set()


def test_the_same_input_written_again_asks_for_nothing(built: Chain):
    built.make("people")

    assert built.asked_for() == set()


def test_a_failed_blocking_check_holds_what_follows_back(built: Chain):
    built.content, built.is_sound = "b", False
    built.make("people")

    assert built.asked_for() == set()


def test_changed_code_of_the_root_asks_for_the_root(built: Chain):
    built.versions["people"] = "2"

    assert built.asked_for() == {"people"}


def test_changed_code_further_down_asks_for_that_alone(built: Chain):
    built.versions["questions"] = "2"

    assert built.asked_for() == {"questions"}


def test_what_failed_waits_for_its_retry_or_a_person(built: Chain):
    built.content, built.breaks = "b", True
    built.make("people", "questions")

    assert built.asked_for() == set()
