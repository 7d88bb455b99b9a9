"""What is seen on a kiosk's screen and kept on its device, read in the page; and a scanner that types."""

import time
from typing import Any

from playwright.sync_api import BrowserContext, Page

WATCH = """
window.seen = [];
window.wordsIn = element => {
  if (!element) return '';
  const copy = element.cloneNode(true);
  for (const reading of copy.querySelectorAll('rt, rp')) reading.remove();
  return copy.textContent.replace(/\\s+/g, ' ').trim();
};
const look = () => {
  const verdict = document.body?.dataset.verdict;
  const headline = verdict && document.querySelector('main h1');
  if (!headline) { window.last = null; return; }
  const now = verdict + ' ' + wordsIn(headline);
  if (now === window.last) return;
  window.last = now;
  seen.push({
    verdict, headline: wordsIn(headline), lang: document.documentElement.lang, address: location.href,
    details: [...document.querySelectorAll('main .text > p')].map(wordsIn),
  });
};
let settling = 0;
new MutationObserver(() => {
  clearTimeout(settling);
  settling = setTimeout(look, 60);
}).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
"""
"""Notes every verdict that stands on the screen for a moment, in order."""

QUEUE = """(after = 0) => new Promise(done => {
  const opening = indexedDB.open('kiosk');
  opening.onsuccess = () => {
    const later = IDBKeyRange.lowerBound(after, true);
    const asked = opening.result.transaction('queue').objectStore('queue').getAll(later);
    asked.onsuccess = () => { opening.result.close(); done(asked.result); };
  };
})"""

LENGTH = """() => new Promise(done => {
  const opening = indexedDB.open('kiosk');
  opening.onsuccess = () => {
    const asked = opening.result.transaction('queue').objectStore('queue').count();
    asked.onsuccess = () => { opening.result.close(); done(asked.result); };
  };
})"""

HAS_LIST = """() => new Promise(done => {
  const opening = indexedDB.open('kiosk');
  opening.onsuccess = () => {
    const asked = opening.result.transaction('kept').objectStore('kept').getKey('list');
    asked.onsuccess = () => { opening.result.close(); done(asked.result !== undefined); };
  };
})"""

ALL_ANSWERED = """() => new Promise(done => {
  const opening = indexedDB.open('kiosk');
  opening.onsuccess = () => {
    const waiting = IDBKeyRange.bound(['waiting', 0], ['waiting', Infinity]);
    const asked = opening.result.transaction('queue').objectStore('queue').index('state').getKey(waiting);
    asked.onsuccess = () => { opening.result.close(); done(asked.result === undefined); };
  };
})"""
"""Asked often while thousands wait: it looks for one of them, and reads none."""

PRESS = """text => {
  const press = (key, code) =>
    document.body.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true}));
  for (const letter of text) press(letter, (/[0-9]/.test(letter) ? 'Digit' : 'Key') + letter);
  press('Enter', 'Enter');
}"""
"""A wedge scanner that does not wait until the scan is written."""

TYPE = """async codes => {
  const db = await new Promise(done => {
    const opening = indexedDB.open('kiosk');
    opening.onsuccess = () => done(opening.result);
  });
  const last = () => new Promise(done => {
    const asked = db.transaction('kept').objectStore('kept').get('seq');
    asked.onsuccess = () => done(asked.result ?? 0);
  });
  const press = (key, code) =>
    document.body.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true}));
  let kept = await last();
  for (const text of codes) {
    for (const letter of text) press(letter, (/[0-9]/.test(letter) ? 'Digit' : 'Key') + letter);
    press('Enter', 'Enter');
    for (let tries = 0; await last() === kept; tries++) if (tries > 20000) throw new Error('not written: ' + kept);
    kept = await last();
  }
  db.close();
  return kept;
}"""
"""A wedge scanner: every key of every code through the page's own listener, the next code once the last is written."""


def watch(context: BrowserContext) -> None:
    """Note verdicts on every page of this browser that is opened from now on."""
    context.add_init_script(WATCH)


def wait_until(page: Page, question: str, *, seconds: float = 60) -> None:
    """Ask again and again until the page says yes. Its policy forbids Playwright to do so from within."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(question):
        assert time.monotonic() < deadline, f"not within {seconds} s: {question}"
        page.wait_for_timeout(50)


def seen(page: Page) -> list[dict[str, Any]]:
    """The verdicts that were on the screen, in order."""
    return list(page.evaluate("seen"))


def queue(page: Page, *, after: int = 0) -> list[dict[str, Any]]:
    """The scans kept on the device that have a higher number, by number."""
    return list(page.evaluate(QUEUE, after))


def length(page: Page) -> int:
    """How many scans are kept on the device."""
    return int(page.evaluate(LENGTH))


def waiting(page: Page) -> int:
    """How many scans the service has not answered."""
    return sum(entry["state"] == "waiting" for entry in queue(page))


def type_codes(page: Page, codes: list[str]) -> int:
    """Scan codes one after another with a scanner that types; the number of the last scan."""
    return int(page.evaluate(TYPE, codes))


def shown(page: Page, selector: str) -> str:
    """The words of an element without their readings."""
    return str(page.evaluate("selector => wordsIn(document.querySelector(selector))", selector))
