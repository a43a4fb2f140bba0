"""Whoever has to know is told: each filter finds the line that it waits for, and each alarm rings at it."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from fnmatch import fnmatchcase
from types import SimpleNamespace

import pytest

from functions.campaign_settle import app as campaign_settle
from functions.clock_drain import app as clock_drain
from functions.connect_deliver import app as connect_deliver
from functions.consent_unsubscribe import app as consent_unsubscribe
from functions.customer_announce import app as customer_announce
from functions.ingest_store import app as ingest_store
from functions.journey_decide import app as journey_decide
from functions.journey_settle import app as journey_settle
from functions.mail_feedback import app as mail_feedback
from functions.mail_reconcile import app as mail_reconcile
from functions.mail_send import app as mail_send
from functions.segment_scan import app as segment_scan
from shopkeeper.aws.remembered import UnreadableError
from shopkeeper.aws.tracking import HitQueue, KeyRingSecret
from shopkeeper.aws.wire import WireError
from shopkeeper.consent import leaving
from shopkeeper.consent.contact import OUT, Word
from shopkeeper.consent.leaving import Mailing
from shopkeeper.customer.identity import Change, Known, Merge, Move
from shopkeeper.customer.rows import row_of
from shopkeeper.journey.breaking import FAILED, Broken
from shopkeeper.journey.legs.deciding import Stuck
from shopkeeper.journey.rows import RunKey
from shopkeeper.mail.health import Day
from shopkeeper.mail.results import Result
from tests.functions.test_mail_reconcile import HEALTHY
from tests.functions.test_mail_send import NOON
from tests.interactions import said

FIELD = re.compile(r'\{ \$\.(\w+) = "([\w *]+)" \}')
MOVES = tuple(Move("", customer, "", "") for customer in ("c1", "c2", ""))


class Down:
    """A queue, or a wire, that nothing gets through."""

    def send(self, bodies):
        raise WireError("down")

    def tell(self, parameters, budget):
        raise WireError("down")

    ask = tell


def refuse():
    mail_send.report("s-1", Result("deferred", "BadRequestException", alarm="refused"))


def send():
    mail_send.report("s-1", Result("accepted"))


def quarantine():
    ingest_store.quarantined(Change("anon:shared", None, Known(MOVES)))


def not_merge():
    ingest_store.not_merged(Merge("anon:phone", "user:jo", "2026-03-01T12:00:00.000Z"), "too_many")


def fill():
    ingest_store.full(row_of(said("user:jo", "m"), customer_id="c1", unfolded="document_full"))


def keep_apart():
    ingest_store.not_merged(Merge("anon:phone", "user:jo", "2026-03-01T12:00:00.000Z"), "apart")


def doubt():
    clock_drain.in_doubt("spring-1", 2)


def fall_ill():
    mail_reconcile.report(replace(HEALTHY, enforcement="PROBATION"))


def complain():
    mail_reconcile.weigh(Day(counted_at="", delivered=1000, complained=3))


def pause():
    mail_reconcile.tell_pause(Day(counted_at="", delivered=1000, complained=3))


def count():
    mail_reconcile.weigh(Day(counted_at="", delivered=1001, complained=1))


def mail_twice():
    mail_feedback.mailed_twice("s-1")


def put_off():
    clock_drain.put_off("send", "s-1", ValueError())


def come_late():
    clock_drain.late("customer", timedelta(minutes=15))
    clock_drain.late("customer", timedelta(minutes=15, seconds=1))


def differ():
    segment_scan.differs("2026-03-02-2", "c1", "7")


def mistake():
    segment_scan.mistaken("2026-03-02-2", "c1", "(1, 7)")


def not_ask():
    segment_scan.unasked("2026-03-02-2", "c1", "Unreadable")


def leave():
    mailing = Mailing("s-1", "c1", "news")
    fact = leaving.left(mailing, Word(OUT, "2026-03-01T12:00:00.000Z", mailing.source), "page", NOON)
    consent_unsubscribe.Queues(Down(), Down()).remember(fact)


def open_():
    HitQueue(Down(), "url").put(SimpleNamespace(interaction=lambda **_: said("send:s-1", "m").subject))


def stick():
    journey_decide.failed(RunKey("c1", "cart#"), Stuck())


def break_(app=customer_announce):
    app.broken(Broken(journey="cart", node="email_1", since="", why="failures", tried=FAILED))


def fail_once():
    journey_decide.failed(RunKey("c1", "cart#"), ValueError())


def read_keys():
    with pytest.raises(UnreadableError):
        KeyRingSecret(Down(), "ring")._read()


# By filter: what makes the line that it waits for.
LINES = {
    "TrackOpenFallbackFilter": open_,
    "TrackClickFallbackFilter": open_,
    "TrackOpenKeyRingFilter": read_keys,
    "TrackClickKeyRingFilter": read_keys,
    "MailSendKeyRingFilter": read_keys,
    "ConsentUnsubscribeKeyRingFilter": read_keys,
    "IngestCollectKeyRingFilter": read_keys,
    "ApiChangeKeyRingFilter": read_keys,
    "ConnectDeliverKeyRingFilter": read_keys,
    "QuarantineFilter": quarantine,
    "NotMergedFilter": not_merge,
    "DocumentFullFilter": fill,
    "MailRefusedFilter": refuse,
    "InDoubtWhileRunningFilter": doubt,
    "InDoubtFilter": doubt,
    "AccountFilter": fall_ill,
    "ComplaintsFilter": complain,
    "MarketingPausedFilter": pause,
    "MailedTwiceFilter": mail_twice,
    "PutOffFilter": put_off,
    "DueTooLongFilter": come_late,
    "UnsubscribeFallbackFilter": leave,
    "SegmentDiffersFilter": differ,
    "ColumnsMistakenFilter": mistake,
    "CustomerNotAskedFilter": not_ask,
    "JourneyDecideStuckFilter": stick,
    "CustomerAnnounceBrokenFilter": break_,
    "ConnectDeliverBrokenFilter": break_,
    "JourneySettleStuckFilter": stick,
}
APPS = (
    mail_send,
    mail_reconcile,
    mail_feedback,
    ingest_store,
    campaign_settle,
    clock_drain,
    consent_unsubscribe,
    segment_scan,
    journey_decide,
    journey_settle,
    customer_announce,
    connect_deliver,
)
STUCK = (journey_decide, journey_settle)
LOGGERS = {each.logger.name: each.logger for each in APPS}


def of_type(resources, kind):
    return {name: body["Properties"] for name, body in resources.items() if body["Type"] == kind}


@pytest.fixture
def filters(resources):
    return of_type(resources, "AWS::Logs::MetricFilter")


@pytest.fixture
def alarms(resources):
    return of_type(resources, "AWS::CloudWatch::Alarm")


@pytest.fixture
def logged(caplog, capsys):
    """What a call writes, as CloudWatch gets it."""

    def lines(call):
        caplog.clear()
        capsys.readouterr()
        call()
        told = [LOGGERS[record.name].registered_handler.format(record) for record in caplog.records]
        printed = [line for line in capsys.readouterr().out.splitlines() if line not in told]
        return [json.loads(line) for line in told + printed]

    return lines


def finds(pattern, line):
    """As CloudWatch matches a field; a star stands for anything, as long as it is there."""
    name, wanted = FIELD.fullmatch(pattern).groups()
    return isinstance(line.get(name), str) and fnmatchcase(line[name], wanted)


def transformation(properties):
    (only,) = properties["MetricTransformations"]
    return only


def test_each_filter_finds_the_line_it_waits_for_and_no_other(filters, logged):
    assert filters.keys() == LINES.keys()
    for name, properties in filters.items():
        (line,) = logged(LINES[name])
        others = [
            other
            for call in {send, keep_apart, count, fail_once, *LINES.values()} - {LINES[name]}
            for other in logged(call)
        ]
        assert finds(properties["FilterPattern"], line), name
        assert not any(finds(properties["FilterPattern"], other) for other in others), name


def test_a_send_in_doubt_is_told_alike_while_its_launch_runs_and_afterwards(logged):
    lines = [logged(lambda app=app: app.in_doubt("spring-1", 2))[0] for app in (campaign_settle, clock_drain)]

    assert {(line["message"], line["launch"], line["count"]) for line in lines} == {("sends in doubt", "spring-1", 2)}


def test_a_run_that_is_stuck_is_told_alike_by_whoever_finds_it(logged):
    lines = [logged(lambda app=app: app.failed(RunKey("c1", "cart#"), Stuck()))[0] for app in STUCK]

    assert {(line["message"], line["customer_id"]) for line in lines} == {("run stuck", "c1")}


def test_a_node_that_breaks_is_told_alike_by_whoever_counts(logged):
    lines = [logged(lambda app=app: break_(app))[0] for app in (customer_announce, connect_deliver)]

    assert {(line["message"], line["journey"], line["node"]) for line in lines} == {("node broken", "cart", "email_1")}


def test_each_filter_reads_the_log_of_the_function_that_writes_the_line(filters, resources, functions):
    written = {
        "$.alarm": "MailSend",
        "identity quarantined": "IngestStore",
        "customers not merged": "IngestStore",
        "document full": "IngestStore",
        "put off": "ClockDrain",
        "due too long": "ClockDrain",
        "segment differs": "SegmentScan",
        "columns mistaken": "SegmentScan",
        "customer not asked": "SegmentScan",
        "account not healthy": "MailReconcile",
        "many complaints": "MailReconcile",
        "marketing paused": "MailReconcile",
        "mailed twice": "MailFeedback",
        "sends in doubt": ("CampaignSettle", "ClockDrain"),
        "node broken": ("CustomerAnnounce", "ConnectDeliver"),
        "run stuck": ("JourneyDecide", "JourneySettle"),
    }
    written |= {"UNSUBSCRIBE_FALLBACK": "ConsentUnsubscribe", "TRACK_FALLBACK": "Track", "KEY_RING_UNREADABLE": ""}
    for name, properties in filters.items():
        (logs,) = properties["LogGroupName"].values()
        (whose,) = (of for words, of in written.items() if words in properties["FilterPattern"])
        assert resources[logs]["Type"] == "AWS::Logs::LogGroup", name
        assert logs.startswith(whose), name
        assert logs.removesuffix("Logs") + "Function" in functions, name


def test_whoever_reads_the_key_ring_rings_when_it_cannot(filters, functions):
    readers = {name for name, body in functions.items() if "KEY_RING_SECRET" in str(body)}
    watched = {
        next(iter(properties["LogGroupName"].values())).removesuffix("Logs") + "Function"
        for properties in filters.values()
        if "KEY_RING" in properties["FilterPattern"]
    }

    assert watched == readers, "each needs a filter on its log, as the others have"


def test_what_filters_count_is_what_alarms_watch_and_belongs_to_this_deployment_alone(filters, alarms):
    counted = {transformation(properties)["MetricName"] for properties in filters.values()}
    spaces = [transformation(properties)["MetricNamespace"] for properties in filters.values()]
    own = [alarm for alarm in alarms.values() if not str(alarm["Namespace"]).startswith("AWS/")]
    watched = {alarm["MetricName"]: alarm for alarm in own}

    assert counted == watched.keys()
    assert all(space == {"Ref": "AWS::StackName"} for space in spaces)
    assert all(alarm["Namespace"] == {"Ref": "AWS::StackName"} for alarm in own)
    assert all(alarm["Statistic"] == "Sum" and "Dimensions" not in alarm for alarm in own)
    assert all(transformation(properties)["MetricValue"] == "1" for properties in filters.values())


def test_each_alarm_tells_whoever_is_to_be_told_and_says_where_to_read_on(alarms):
    somebody = {"Fn::If": ["HasAlarmAddress", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]}
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == somebody, name
        assert "docs/runbook.md" in alarm["AlarmDescription"] or "GET /v1/" in alarm["AlarmDescription"], name


def test_silence_is_good_news_but_from_the_clock(alarms):
    silent = {name for name, alarm in alarms.items() if alarm["TreatMissingData"] != "notBreaching"}

    assert silent == {"ClockTickStoppedAlarm"}


@pytest.mark.parametrize(("invocations", "errors", "ringing"), [(5, 0, ""), (0, 0, "Stopped"), (5, 1, "Fails")])
def test_a_clock_that_stands_still_or_fails_for_ten_minutes_rings(alarms, invocations, errors, ringing):
    seen = {"Invocations": invocations, "Errors": errors}
    rings = {"GreaterThanThreshold": lambda a, b: a > b, "LessThanThreshold": lambda a, b: a < b}
    ticks = {name: alarm for name, alarm in alarms.items() if name.startswith("ClockTick")}

    loud = [
        name
        for name, alarm in ticks.items()
        if rings[alarm["ComparisonOperator"]](seen[alarm["MetricName"]], alarm["Threshold"])
    ]

    assert loud == ([f"ClockTick{ringing}Alarm"] if ringing else [])
    for alarm in ticks.values():
        assert alarm["Period"] * alarm["EvaluationPeriods"] == 600
        assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "ClockTickFunction"}}]
