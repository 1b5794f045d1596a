"""The starter rules understand what people write to a helpdesk every day, in English and in Indonesian."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from importlib import resources
from typing import Any

import pytest

from mailbot.core.model import Category, Impact, Urgency
from mailbot.core.rules import Facts, Rule, RuleSet, compile_rules

EN = [
    ("Printer on 2nd floor has a paper jam", "printer"),
    ("I can't print invoices since this morning", "printer"),
    ("The toner is empty", "printer"),
    ("I forgot my password", "access"),
    ("My account is locked after three attempts", "access"),
    ("Please give access to the finance portal for Rina", "access"),
    ("I can’t log in to the HR portal", "access"),
    ("The wifi in the lobby keeps dropping", "network"),
    ("VPN does not connect from home", "network"),
    ("No internet on my laptop", "network"),
    ("Outlook does not open any more", "email"),
    ("I am not receiving emails from our customer", "email"),
    ("My mailbox is full", "email"),
    ("Laptop won't turn on", "hardware"),
    ("Blue screen again, third time today", "hardware"),
    ("My mouse and keyboard stopped working", "hardware"),
    ("Laptop battery is not charging", "hardware"),
    ("Please install AutoCAD on my PC", "software"),
    ("Excel keeps crashing when I open the budget", "software"),
    ("The license key for Adobe has run out", "software"),
    ("I clicked a link in a phishing mail, what now?", "security"),
    ("Suspicious email asking for my password", "security"),
    ("My desk phone has no dial tone", "phone"),
    ("I deleted a file on the shared drive, can you restore it?", "storage"),
    ("Please map drive Z again", "storage"),
    ("I need a second monitor", "purchase"),
    ("My mails keep bouncing", "email"),
    ("The projector in the meeting room shows nothing", "meeting"),
    ("New employee starting Monday, needs laptop and email account", "onboarding"),
    ("Quotation for ten monitors", "purchase"),
]
ID = [
    ("Printer macet di lantai 2", "printer"),
    ("Gak bisa print dari tadi pagi, tolong dong", "printer"),
    ("Hasil cetakan printernya bergaris", "printer"),
    ("Lupa kata sandi", "access"),
    ("Pak, saya lupa password SAP", "access"),
    ("Akun saya terkunci, mohon dibuka blokirnya", "access"),
    ("Ga bisa login ke portal HR", "access"),
    ("Mohon akses ke sistem absensi untuk staf kami", "access"),
    ("Wifi putus terus di ruang HRD", "network"),
    ("Internet lemot banget", "network"),
    ("VPN gak bisa konek dari rumah", "network"),
    ("Jaringannya mati di gudang", "network"),
    ("Email tidak terkirim ke customer", "email"),
    ("Outlook saya minta setting ulang", "email"),
    ("Kotak masuk penuh", "email"),
    ("Laptop nggak nyala", "hardware"),
    ("Layar biru terus tiap nyalain komputer", "hardware"),
    ("Komputer saya lemot banget", "hardware"),
    ("Keyboard rusak, beberapa tombol tidak berfungsi", "hardware"),
    ("Baterai laptop cepat panas dan kembung", "hardware"),
    ("Tolong instalkan AutoCAD di PC saya", "software"),
    ("Aplikasi kasir error terus", "software"),
    ("Excelnya not responding terus", "software"),
    ("Saya terlanjur klik link mencurigakan", "security"),
    ("Laptop saya hilang di kereta", "security"),
    ("Telepon meja saya tidak ada nada sambung", "phone"),
    ("File hilang di folder bersama", "storage"),
    ("Drive Z tidak muncul di laptop saya", "storage"),
    ("Mau request mouse baru", "purchase"),
    ("User baru belum bisa login ke SAP", "access"),
    ("Word hang terus setiap buka file besar", "software"),
    ("Proyektor di ruang rapat tidak mau menyala", "meeting"),
    ("Ada karyawan baru mulai Senin, mohon disiapkan laptop dan email", "onboarding"),
    ("Pengadaan 5 unit monitor untuk tim finance", "purchase"),
]
SEVERITY: list[tuple[str, Impact | None, Urgency | None]] = [
    ("The whole office has no internet", Impact.ORGANISATION, None),
    ("Urgent: production is down, all employees are waiting", Impact.ORGANISATION, Urgency.HIGH),
    ("Our entire team can't work", Impact.DEPARTMENT, Urgency.HIGH),
    ("I can’t work without it", None, Urgency.HIGH),
    ("Not urgent: my mouse squeaks", None, Urgency.LOW),
    ("Internet mati, semua karyawan kena", Impact.ORGANISATION, None),
    ("Darurat! Server produksi berhenti, sekantor tidak bisa bekerja", Impact.ORGANISATION, Urgency.HIGH),
    ("Satu divisi gak bisa kerja, tolong segera", Impact.DEPARTMENT, Urgency.HIGH),
    ("Nggak bisa kerja nih", None, Urgency.HIGH),
    ("Tidak mendesak, kalau sempat saja", None, Urgency.LOW),
    ("Mau tanya jadwal pelatihan", None, None),
]
SILENT = [
    "Thank you for your help yesterday",
    "Terima kasih atas bantuannya kemarin",
    "When is the next training?",
    "Apakah kantor buka besok?",
]


def load() -> Mapping[str, list[dict[str, Any]]]:
    return tomllib.loads(resources.files("mailbot").joinpath("starter_rules.toml").read_text("utf-8"))


def rule_of(table: Mapping[str, Any]) -> Rule:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    for key, kind in (("impact", Impact), ("urgency", Urgency)):
        if key in values:
            values[key] = kind(values[key])
    return Rule(**values)


@pytest.fixture(scope="module")
def starter() -> RuleSet:
    return compile_rules([rule_of(table) for table in load()["rules"]])


@pytest.mark.parametrize(("sentence", "category"), [*EN, *ID])
def test_an_everyday_sentence_finds_its_category(starter: RuleSet, sentence: str, category: str) -> None:
    assert starter.classify(Facts(subject=sentence)).category == category
    polite = f"Dear team / Selamat pagi,\n\n{sentence}.\n\nThank you / Terima kasih,\nBudi"
    assert starter.classify(Facts(subject="Mohon bantuan", body=polite)).category == category


@pytest.mark.parametrize(("sentence", "impact", "urgency"), SEVERITY)
def test_an_everyday_sentence_tells_how_much_it_matters(
    starter: RuleSet, sentence: str, impact: Impact | None, urgency: Urgency | None
) -> None:
    found = starter.classify(Facts(subject=sentence))
    assert (found.impact, found.urgency) == (impact, urgency)


@pytest.mark.parametrize("sentence", SILENT)
def test_the_rules_are_silent_about_small_talk(starter: RuleSet, sentence: str) -> None:
    found = starter.classify(Facts(subject=sentence))
    assert (found.category, found.impact, found.urgency, found.action) == ("", None, None, "")


def test_a_certain_attack_is_urgent(starter: RuleSet) -> None:
    assert starter.classify(Facts(subject="Komputer saya kena ransomware")).urgency is Urgency.HIGH


def test_the_file_has_only_keys_of_rules_and_categories_and_every_category_exists() -> None:
    data = load()
    assert set(data) == {"categories", "rules"}
    categories = {table["name"] for table in data["categories"]}
    assert len(categories) == len(data["categories"])
    for table in data["categories"]:
        assert set(table) <= {item.name for item in fields(Category)} - {"team"}
        Impact(table["default_impact"]), Urgency(table["default_urgency"])
    for table in data["rules"]:
        assert set(table) <= {item.name for item in fields(Rule)}
        assert table.get("category", "other") in categories


def test_no_keyword_is_listed_twice_in_a_rule() -> None:
    for table in load()["rules"]:
        for option in ("any", "all", "none"):
            words = table.get(option, [])
            assert sorted(set(words)) == sorted(words), f"{table['id']}, {option}"


def test_no_word_counts_twice_in_a_rule_because_a_prefix_covers_it() -> None:
    for table in load()["rules"]:
        words = [word for word in table.get("any", []) if " " not in word]
        for stem in [word.removesuffix("*") for word in words if word.endswith("*")]:
            assert [word for word in words if word.startswith(stem)] == [f"{stem}*"], f"{table['id']}, {stem}*"
