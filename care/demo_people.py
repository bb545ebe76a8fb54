"""Invented colleagues in three teams: languages, certificates, supervision, rooms, one leave, one application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import applications, caseload, leave, qualifications, staff, supervision
from models.beneficiaries import Beneficiary
from models.leave import Leave
from models.staff import RoleName, StaffMember, Team
from models.stations import Room, Station, StationKind


@dataclass(frozen=True)
class Person:
    """A colleague who exists in the demonstration only."""

    username: str
    display_name: str
    roles: tuple[RoleName, ...]
    what: str
    language: str = "zh-CN"


MORE = (
    Person("hejing", "何静", (RoleName.COUNSELOR,), "counselor, on leave next week"),
    Person("gaoyuan", "高远", (RoleName.COUNSELOR,), "counselor, a certificate runs out"),
    Person("zhouting", "周婷", (RoleName.SOCIAL_WORKER,), "social worker"),
    Person("wuhao", "吴昊", (RoleName.SOCIAL_WORKER,), "social worker"),
    Person("zhenglan", "郑兰", (RoleName.SOCIAL_WORKER,), "social worker"),
    Person("xuming", "徐明", (RoleName.VOLUNTEER,), "volunteer, a certificate has run out"),
    Person("huangmei", "黄梅", (RoleName.VOLUNTEER,), "volunteer, listens online"),
    Person("luobin", "罗斌", (RoleName.VOLUNTEER,), "volunteer, visits homes"),
    Person("tangyi", "唐怡", (RoleName.VOLUNTEER,), "volunteer, listens online"),
    Person("songjia", "宋佳", (RoleName.VOLUNTEER,), "volunteer, visits homes"),
    Person("fengtao", "冯涛", (RoleName.VOLUNTEER,), "volunteer, visits homes"),
    Person("panyue", "潘月", (RoleName.VOLUNTEER,), "volunteer, training to be confirmed"),
)


@dataclass(frozen=True)
class Details:
    """Who the colleague is: team, station, languages, special knowledge, trainings, supervisor."""

    team: Team
    station: str
    languages: tuple[str, ...]
    specialties: tuple[str, ...] = ()
    trained: tuple[str, ...] = ()
    supervisor: str | None = "wangfang"


_COUNSELOR = ("licence.counselor", "training.crisis", "training.privacy")
_SOCIAL_WORKER = ("licence.social_worker", "training.privacy")
_LISTENER = ("training.privacy", "training.chat")
_VISITOR = ("training.privacy", "training.visit", "check.no_record")

DETAILS = {
    "zhangmin": Details(Team.COUNSELOR, "base", ("zh-CN", "wu"), ("crisis", "family"), _COUNSELOR),
    "liqiang": Details(Team.COUNSELOR, "base", ("zh-CN",), ("crisis",), _COUNSELOR),
    "chenyu": Details(Team.COUNSELOR, "east-street", ("zh-CN", "wu"), ("loneliness", "self-esteem"), _COUNSELOR),
    "anna": Details(Team.COUNSELOR, "base", ("zh-CN", "en"), ("grief", "self-esteem"), _COUNSELOR),
    "wangfang": Details(Team.COUNSELOR, "base", ("zh-CN",), ("crisis", "minors"), _COUNSELOR, "zhaolei"),
    "hejing": Details(
        Team.COUNSELOR,
        "west-street",
        ("zh-CN", "cmn-sw"),
        ("minors", "family"),
        (*_COUNSELOR, "training.minors", "check.no_record"),
    ),
    "gaoyuan": Details(Team.COUNSELOR, "north-street", ("zh-CN", "yue"), ("illness", "older"), _COUNSELOR),
    "sunli": Details(Team.SOCIAL_WORKER, "east-street", ("zh-CN",), ("work",), _SOCIAL_WORKER, "zhaolei"),
    "zhouting": Details(Team.SOCIAL_WORKER, "west-street", ("zh-CN", "wu"), ("older",), _SOCIAL_WORKER, "zhaolei"),
    "wuhao": Details(Team.SOCIAL_WORKER, "north-street", ("zh-CN", "sign"), ("disability",), _SOCIAL_WORKER, "zhaolei"),
    "zhenglan": Details(Team.SOCIAL_WORKER, "riverside", ("zh-CN", "nan"), ("illness",), _SOCIAL_WORKER, "zhaolei"),
    "linxiao": Details(
        Team.VOLUNTEER, "east-street", ("zh-CN",), (), (*_LISTENER, "training.visit", "check.no_record")
    ),
    "xuming": Details(Team.VOLUNTEER, "west-street", ("zh-CN", "wu"), (), _LISTENER),
    "huangmei": Details(Team.VOLUNTEER, "riverside", ("zh-CN", "wu"), ("loneliness",), _LISTENER),
    "luobin": Details(Team.VOLUNTEER, "orchard", ("zh-CN",), ("older",), _VISITOR),
    "tangyi": Details(Team.VOLUNTEER, "base", ("zh-CN", "en"), (), _LISTENER),
    "songjia": Details(Team.VOLUNTEER, "station-road", ("zh-CN", "hak"), (), _VISITOR),
    "fengtao": Details(Team.VOLUNTEER, "north-street", ("zh-CN",), (), _VISITOR),
    "panyue": Details(Team.VOLUNTEER, "orchard", ("zh-CN",), (), ("training.privacy",)),
}
# What does not have its usual end: it runs out in so many days, or ran out so many days ago.
UNUSUAL_END = {("gaoyuan", "training.crisis"): 20, ("xuming", "training.chat"): -10}
HELD_FOR = timedelta(days=120)

# Station, Chinese name, English name, seats.
ROOMS = (
    ("base", "咨询室一", "Counselling room 1", 3),
    ("base", "咨询室二", "Counselling room 2", 3),
    ("base", "团体活动室", "Group room", 16),
    ("east-street", "谈心室", "Talking room", 4),
    ("east-street", "活动室", "Activity room", 12),
    ("west-street", "谈心室", "Talking room", 4),
    ("west-street", "活动室", "Activity room", 12),
    ("north-street", "谈心室", "Talking room", 4),
    ("riverside", "谈心角", "Quiet corner", 2),
    ("orchard", "谈心角", "Quiet corner", 2),
    ("station-road", "谈心角", "Quiet corner", 2),
)


def load(*, session: Session, now: datetime, timezone: str = "Asia/Shanghai") -> None:
    """Add what is missing about the invented colleagues; whoever has been edited is left alone."""
    stations = {station.slug: station for station in session.scalars(select(Station))}
    _set_up_stations(session, stations)
    members = {name: member for name in DETAILS if (member := staff.by_username(session=session, typed=name))}
    manager = staff.by_username(session=session, typed="zhaolei")
    assert manager is not None
    fresh = [name for name, member in members.items() if not member.languages]
    for name in fresh:
        details, member = DETAILS[name], members[name]
        member.team, member.station_id = details.team, stations[details.station].id
        member.languages, member.specialties = list(details.languages), list(details.specialties)
        # 555 numbers are given to nobody.
        member.phone = f"555-01{list(DETAILS).index(name):02d}"
        _train(session, member, details, manager, now)
        _supervise(session, member, details, manager, now)
    if "panyue" in fresh:
        _hand_in(session, members["panyue"], now)
    if "hejing" in fresh:
        _send_on_leave(session, members["hejing"], members["chenyu"], manager, now, timezone)
    session.flush()


def _set_up_stations(session: Session, stations: dict[str, Station]) -> None:
    for station in stations.values():
        if station.parent_id is None:
            station.kind = StationKind.BASE
        elif station.parent_id == stations["base"].id:
            station.kind = StationKind.STREET
    known = {(room.station_id, room.name_zh) for room in session.scalars(select(Room))}
    for slug, name_zh, name_en, seats in ROOMS:
        station_id = stations[slug].id
        if (station_id, name_zh) not in known:
            session.add(Room(station_id=station_id, name_zh=name_zh, name_en=name_en, seats=seats))
    session.flush()


def _train(session: Session, member: StaffMember, details: Details, manager: StaffMember, now: datetime) -> None:
    kinds, begun = qualifications.kinds(), now - HELD_FOR
    for kind in details.trained:
        days = UNUSUAL_END.get((member.username, kind))
        months = kinds[kind].usual_months
        usual = begun + timedelta(days=months * 30) if months else None
        row = qualifications.record(
            session=session,
            actor=manager,
            staff_id=member.id,
            kind=kind,
            evidence="演示数据：已看过原件，编号 0000",
            valid_from=begun,
            expires_at=now + timedelta(days=days) if days is not None else usual,
            now=now,
        )
        qualifications.confirm(session=session, actor=manager, qualification_id=row.id, now=now)


def _supervise(session: Session, member: StaffMember, details: Details, manager: StaffMember, now: datetime) -> None:
    above = staff.by_username(session=session, typed=details.supervisor or "")
    if above is not None:
        supervision.set_supervisor(session=session, actor=manager, staff_id=member.id, supervisor_id=above.id, now=now)


def _hand_in(session: Session, member: StaffMember, now: datetime) -> None:
    qualifications.record(
        session=session,
        actor=member,
        staff_id=member.id,
        kind="training.chat",
        evidence="演示数据：结业证书，原件在本人处",
        valid_from=now - timedelta(days=3),
        expires_at=now + timedelta(days=727),
        now=now,
    )


def _send_on_leave(
    session: Session,
    member: StaffMember,
    stand_in: StaffMember,
    manager: StaffMember,
    now: datetime,
    timezone: str,
) -> None:
    if session.scalar(select(Leave.id).where(Leave.staff_id == member.id)) is not None:
        return
    zone = ZoneInfo(timezone)
    first = datetime.combine(now.astimezone(zone).date() + timedelta(days=7), time(), zone)
    row = leave.ask(
        session=session,
        actor=member,
        staff_id=member.id,
        starts_at=first,
        ends_at=first + timedelta(days=3),
        stand_in_id=stand_in.id,
        note="探望父母",
        now=now,
    )
    leave.approve(session=session, actor=manager, leave_id=row.id, now=now)


def load_work(*, session: Session, now: datetime, secret: str) -> None:
    """Give the invented people their workers, and let one invented person apply."""
    manager = staff.by_username(session=session, typed="zhaolei")
    assert manager is not None
    _assign(session, manager, ("chenyu", "sunli"), now)
    if not applications.inbox(session=session) and not applications.decided(session=session, limit=1):
        row = applications.apply(
            session=session,
            secret=secret,
            form_key="demonstration-application-" + "0" * 16,
            form=applications.Form(
                name="丁宁（演示）",
                phone="555 0199",
                about="退休教师，周末有空，想陪老人说说话。",
                wishes=("visit", "group"),
                times=("weekend",),
                languages=("zh-CN", "wu"),
                adult=True,
                agreed=True,
            ),
            language="zh-CN",
            now=now,
        )
        if row is not None:
            applications.check(
                session=session,
                actor=manager,
                application_id=row.id,
                item="talk",
                note="演示数据：电话谈过，愿意从小组活动开始。",
                now=now,
            )


def _assign(session: Session, manager: StaffMember, workers: Sequence[str], now: datetime) -> None:
    people = session.scalars(select(Beneficiary.id).where(Beneficiary.synthetic).order_by(Beneficiary.id)).all()
    for name in workers:
        worker = staff.by_username(session=session, typed=name)
        if worker is None or worker.team is None or not worker.active:
            continue
        for beneficiary_id in people:
            taken = caseload.worker_of(session=session, beneficiary_id=beneficiary_id, team=worker.team)
            if taken is None and caseload.count(session=session, staff_id=worker.id) < caseload.cap(worker=worker):
                caseload.assign(
                    session=session, actor=manager, beneficiary_id=beneficiary_id, worker_id=worker.id, now=now
                )
