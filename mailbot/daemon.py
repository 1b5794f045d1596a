"""The daemon: builds the parts, lets the three jobs run, listens to signals, stops in order.

    one thread per mailbox    intake: wait for news (IDLE or poll), read, commit, file
    one thread                outbox: wait until woken or due, send
    one thread                timers: wait for the next tick, do what is due
    one thread                retention: wait for the next day, forget what is old
    APScheduler               only ticks: timers, heartbeat, retention; it keeps no state and does no work

The jobs talk through the database alone. What a thread is waiting for can be woken, so that a stop takes as long as
what is being done right now; a server that does not answer in time is left, since nothing depends on it: no network
call is made inside a transaction.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from mailbot import outbox, retention, timers
from mailbot.adapters import systemd
from mailbot.adapters.backoff import Backoff
from mailbot.adapters.db import Database, instance_lock
from mailbot.adapters.schema import identity, require_current
from mailbot.adapters.smtp import Courier
from mailbot.aftermath import Clock, behind, look_back, note
from mailbot.config import Settings
from mailbot.errors import DatabaseLostError, MailbotError, TransientError
from mailbot.intake import Intake
from mailbot.service import Current, build_courier, build_database, build_desk, build_mailbox, utc_now

_log = structlog.get_logger("mailbot.daemon")

TIMERS_EVERY = timedelta(seconds=5)
OUTBOX_EVERY = timedelta(seconds=5)
HEARTBEAT_EVERY = timedelta(seconds=10)
STOP_WITHIN = 3.0  # Seconds for what is being done; closing the courier may take six more, and ten is what people wait.
_LAST_WORDS = 0.5  # Seconds for a job that was cut off to write down where it was.
_GATHER = 0.1  # Seconds.
_IDLE_SLICE = 300.0  # Seconds; IDLE is renewed at least this often, well below the 29 minutes of RFC 2177.
_STALE_AFTER = 900.0  # Seconds without a beat after which a job counts as dead: longer than any one step may take.
_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


class Daemon:
    """The running helpdesk.

    Args:
        settings: The configuration.
        reload: Reads the configuration anew, for SIGHUP; it raises ConfigError if that cannot be used.
    """

    def __init__(self, settings: Settings, reload: Callable[[], Settings]) -> None:
        self._settings = settings
        self._reload = reload
        self._stopping = threading.Event()
        self._outbox_wanted = threading.Event()
        self._tick_wanted = threading.Event()
        self._purge_wanted = threading.Event()
        self._heartbeats = systemd.Heartbeats()
        self._threads: list[threading.Thread] = []
        self._status_lock = threading.Lock()
        self._troubles: dict[str, str] = {}
        self._lost: DatabaseLostError | None = None

    def run(self) -> None:
        """Runs until SIGTERM or SIGINT, in the main thread of a process that ends afterwards.

        Raises:
            SchemaError: The database is missing, too old or too new.
            AlreadyRunningError: Another daemon uses the same state directory.
            ConfigError: A template is wrong.
            DatabaseLostError: The database file was removed or replaced meanwhile.
        """
        database = build_database(self._settings)
        with contextlib.ExitStack() as stack:
            stack.callback(database.close)
            require_current(database)
            if database.dialect == "sqlite":
                stack.enter_context(instance_lock(self._settings.helpdesk.state_dir))
                outbox.take_over(database, utc_now())
            self._identity = identity(database)
            self._current = Current(build_desk(self._settings, self._identity))
            self._current.get().renderer.require_good()
            state_dir = self._settings.helpdesk.state_dir
            look_back(database, self._current.get(), state_dir, utc_now())
            self._clock = Clock(database, state_dir, utc_now)
            # From here on signals wait until `_attend` asks for them, in the threads to come as well, until the process
            # ends. A handler would run between any two steps of this thread: one that sets an event while the thread
            # holds the lock of that event waits for itself for ever.
            signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
            self._work(database, build_courier(self._settings))
            if self._lost is not None:
                raise self._lost

    def _work(self, database: Database, courier: Courier) -> None:
        mailboxes = [build_mailbox(section) for section in self._settings.mailboxes]
        polls = {section.name: section.poll for section in self._settings.mailboxes}
        for mailbox in mailboxes:
            intake = Intake(database, mailbox, self._current.get, utc_now, self._outbox_wanted.set)
            poll = polls[intake.name].total_seconds()
            self._start(f"intake-{intake.name}", partial(self._watch, intake, poll))
        self._start("outbox", partial(self._deliver, database, courier))
        self._start("timers", partial(self._look_after, database))
        self._start("retention", partial(self._purge, database))
        scheduler = self._schedule()
        self._say_ready()
        _log.info("started", mailboxes=[mailbox.account.name for mailbox in mailboxes])
        try:
            self._attend()
        finally:
            systemd.notify_stopping()
            _log.info("stopping")
            self._stopping.set()
            scheduler.shutdown(wait=True)  # It only sets events, so that it ends at once.
            for wanted in (self._outbox_wanted, self._tick_wanted, self._purge_wanted):
                wanted.set()
            for mailbox in mailboxes:
                mailbox.wake()
            self._end_jobs(courier)
            _log.info("stopped")

    def _start(self, name: str, work: Callable[[], None]) -> None:
        self._heartbeats.expect(name, _STALE_AFTER)
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _end_jobs(self, courier: Courier) -> None:
        """Waits for the jobs to end what they are doing; a hanging server is cut off when time is up."""
        hanging = self._join(STOP_WITHIN)
        if hanging:
            _log.warning("cut_off", jobs=hanging)
        courier.close()
        self._join(_LAST_WORDS)

    def _join(self, seconds: float) -> list[str]:
        """Waits so long for all jobs together; gives the names of those that still run."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return [thread.name for thread in self._threads if thread.is_alive()]

    def _stop_wanted(self, job: str) -> bool:
        """Whether to stop; a job that asks lives, however long it has been at work."""
        self._heartbeats.beat(job)
        return self._stopping.is_set()

    # The jobs

    def _watch(self, intake: Intake, poll: float) -> None:
        job = f"intake-{intake.name}"
        backoff = Backoff()
        while not self._stop_wanted(job):
            try:
                # The server may tell of a new message while an older one is filed, and not again when IDLE begins:
                # it is looked again until there is nothing.
                while intake.run_once(partial(self._stop_wanted, job)):
                    self._well(job)
                backoff.reset()
                self._well(job)
                if not self._stopping.is_set():
                    intake.wait(min(poll, _IDLE_SLICE))
            except TransientError as error:
                self._trouble(job, error)
                intake.disconnect()
                self._stopping.wait(backoff.next())
            except DatabaseLostError as error:
                self._give_up(error)
                self._stopping.wait()
            except Exception:  # noqa: BLE001 - a bug must not end the reading of mail; it is logged and tried again.
                _log.exception("job_failed", job=job)
                intake.disconnect()
                self._stopping.wait(backoff.next())
        intake.disconnect()

    def _deliver(self, database: Database, courier: Courier) -> None:
        def now() -> datetime:
            # It is asked after each mail: a batch may take long at a slow server.
            self._heartbeats.beat("outbox")
            return utc_now()

        backoff = Backoff()
        while not self._stop_wanted("outbox"):
            if self._outbox_wanted.wait(OUTBOX_EVERY.total_seconds()):
                # While a backlog is read there is news every few milliseconds: a batch costs less than single mails.
                self._stopping.wait(_GATHER)
            self._outbox_wanted.clear()
            try:
                # An empty outbox says nothing about the server: what went wrong before still holds.
                if self._clock.is_believed() and outbox.drain(
                    database, courier, self._current.get(), now, partial(self._stop_wanted, "outbox")
                ):
                    backoff.reset()
                    self._well("outbox")
            except TransientError as error:
                self._trouble("outbox", error)
                self._stopping.wait(backoff.next())
            except DatabaseLostError as error:
                self._give_up(error)
                self._stopping.wait()
            except Exception:  # noqa: BLE001 - a bug must not end the sending of mail; it is logged and tried again.
                _log.exception("job_failed", job="outbox")
                self._stopping.wait(backoff.next())

    def _look_after(self, database: Database) -> None:
        timed_for = None
        while not self._stop_wanted("timers"):
            try:
                desk = self._current.get()
                if not self._clock.is_believed():
                    self._note("clock", "the clock leapt; timers and outbox wait for it to be set right")
                    self._wait_for_tick()
                    continue
                self._well("clock")
                if desk is not timed_for:  # The start, or a reload: targets may have changed while tickets wait.
                    timers.retime_all(database, desk, utc_now(), partial(self._stop_wanted, "timers"))
                    timed_for = desk
                if timers.tick(database, desk, utc_now(), partial(self._stop_wanted, "timers")):
                    self._outbox_wanted.set()
                self._well("timers")
            except TransientError as error:
                self._trouble("timers", error)
            except DatabaseLostError as error:
                self._give_up(error)
            except Exception:  # noqa: BLE001 - a bug must not end the timers; it is logged and tried again.
                _log.exception("job_failed", job="timers")
            self._wait_for_tick()

    def _wait_for_tick(self) -> None:
        self._tick_wanted.wait()
        self._tick_wanted.clear()

    def _purge(self, database: Database) -> None:
        while not self._wait_for_purge():
            try:
                policy = self._current.get().policy
                retention.purge(database, policy, utc_now(), partial(self._stop_wanted, "retention"))
                self._well("retention")
            except TransientError as error:
                self._trouble("retention", error)
            except DatabaseLostError as error:
                self._give_up(error)
            except Exception:  # noqa: BLE001 - a bug must not end the daemon; it is logged and tried again.
                _log.exception("job_failed", job="retention")

    def _wait_for_purge(self) -> bool:
        """Waits until it is time to forget something; True if it is time to stop. Who waits lives."""
        while not self._purge_wanted.wait(_STALE_AFTER / 3):
            self._heartbeats.beat("retention")
        self._purge_wanted.clear()
        return self._stop_wanted("retention")

    def _schedule(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        scheduler.add_job(self._tick_wanted.set, "interval", seconds=TIMERS_EVERY.total_seconds())
        scheduler.add_job(self._purge_wanted.set, "interval", hours=24, next_run_time=utc_now() + timedelta(minutes=10))
        scheduler.add_job(self._heartbeat, "interval", seconds=_heartbeat_every(), next_run_time=utc_now())
        scheduler.start()
        return scheduler

    def _heartbeat(self) -> None:
        """Tells systemd that the daemon lives, but only if every job does."""
        stale = self._heartbeats.stale(time.monotonic())
        if stale:
            _log.error("job_hangs", jobs=stale)
            self._note("watchdog", f"hangs: {', '.join(stale)}")
        else:
            self._well("watchdog")
            systemd.notify_watchdog()

    def _give_up(self, error: DatabaseLostError) -> None:
        """Ends the daemon, as SIGTERM would: it must not go on without its memory."""
        with self._status_lock:
            if self._lost is not None:
                return
            self._lost = error
        _log.critical("database_lost", error=str(error))
        self._note("database", str(error))
        os.kill(os.getpid(), signal.SIGTERM)  # To the process, whose main thread waits for it; it is blocked elsewhere.

    # What systemd shows

    def _trouble(self, job: str, error: MailbotError) -> None:
        _log.warning("try_again_later", job=job, error=str(error))
        self._note(job, str(error))

    def _note(self, job: str, text: str) -> None:
        with self._status_lock:
            self._troubles[job] = text
            systemd.notify_status(self._status())

    def _well(self, job: str) -> None:
        """Says that a job that was in trouble works again."""
        with self._status_lock:
            if self._troubles.pop(job, None) is None:
                return
            systemd.notify_status(self._status())
        _log.info("works_again", job=job)

    def _say_ready(self) -> None:
        with self._status_lock:
            systemd.notify_ready(self._status())

    def _status(self) -> str:
        """What is wrong now, or that all is well; it is said under the lock, so that what was said last is true."""
        if self._troubles:
            return "; ".join(f"{job}: {text}" for job, text in sorted(self._troubles.items()))
        return f"running; mailboxes: {', '.join(section.name for section in self._settings.mailboxes)}"

    # Signals

    def _attend(self) -> None:
        """Waits for signals; ends at the first one that means a stop."""
        while signal.sigwait(_SIGNALS) == signal.SIGHUP:
            self._load_again()

    def _load_again(self) -> None:
        """Takes a changed configuration, or keeps the old one if anything in the new one is wrong."""
        systemd.notify_reloading()
        try:
            settings = self._reload()
            desk = build_desk(settings, self._identity)
            desk.renderer.require_good()
        except MailbotError as error:
            _log.error("reload_refused", error=str(error), kept="the configuration that was running")
        except Exception:  # noqa: BLE001 - a bug in reading the new configuration must not end what runs with the old.
            _log.exception("reload_failed", kept="the configuration that was running")
        else:
            self._current.desk = desk
            _log.info("reloaded", restart_needed_for=_needs_restart(self._settings, settings))
        self._say_ready()


def _heartbeat_every() -> float:
    """How often systemd hears of us, in seconds: three times while it waits, so that one that is late does no harm."""
    period = systemd.watchdog_period()
    return (HEARTBEAT_EVERY if period is None else min(HEARTBEAT_EVERY, period / 3)).total_seconds()


def _needs_restart(before: Settings, after: Settings) -> list[str]:
    """What changed but holds only after a restart."""
    changed = [name for name in ("database", "mailboxes", "smtp") if getattr(before, name) != getattr(after, name)]
    # The directory is locked and holds the database; the rest of its section is taken at once.
    return changed + (["helpdesk.state_dir"] if before.helpdesk.state_dir != after.helpdesk.state_dir else [])


def run_once(settings: Settings) -> list[str]:
    """Reads every mailbox once, does all that is due, sends, forgets what is old; gives what went wrong, in words.

    Raises:
        SchemaError: The database is missing, too old or too new.
        AlreadyRunningError: A daemon uses the same state directory.
    """
    problems: list[str] = []
    database = build_database(settings)
    with contextlib.ExitStack() as stack:
        stack.callback(database.close)
        require_current(database)
        if database.dialect == "sqlite":
            stack.enter_context(instance_lock(settings.helpdesk.state_dir))
            outbox.take_over(database, utc_now())
        current = Current(build_desk(settings, identity(database)))
        look_back(database, current.get(), settings.helpdesk.state_dir, utc_now())
        problems += behind(database, utc_now())
        for section in settings.mailboxes:
            intake = Intake(database, build_mailbox(section), current.get, utc_now, lambda: None)
            try:
                while intake.run_once():
                    _log.info("read", mailbox=section.name)
            except TransientError as error:
                problems.append(str(error))
            finally:
                intake.disconnect()
        timers.retime_all(database, current.get(), utc_now())
        timers.catch_up(database, current.get(), utc_now())
        courier = build_courier(settings)
        stack.callback(courier.close)
        try:
            outbox.hurry(database, utc_now())
            outbox.drain(database, courier, current.get(), utc_now)
        except TransientError as error:
            problems.append(str(error))
        if waiting := outbox.waiting(database, utc_now()):
            why = "routine mail goes so many a minute (limits.routine_per_minute): the next pass sends more"
            _log.info("mails_wait", count=waiting, reason=why)
        retention.purge(database, current.get().policy, utc_now())
        note(database, settings.helpdesk.state_dir, utc_now())
    return problems
