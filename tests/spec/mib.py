# SPDX-License-Identifier: GPL-2.0
"""RINGBACK-MIB says what the headers say: every number of userspace/common/mib.h under
the same name, and the words of enumerations; and smilint has nothing to say of it."""
import os
import re
import shutil
import subprocess
import tempfile

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
MODULE = os.path.join(TOP, "docs/mib/RINGBACK-MIB.txt")
HEADER = os.path.join(TOP, "userspace/common/mib.h")
# Where the constants of each enum stand below the module. None: by the names in GROUPS.
PLACES = {"mib_notification": "0", "mib_group": None, "mib_daemon": "1.1", "mib_service": "1.2.1",
          "mib_outage": "1.3.1", "mib_waiter": "1.4.1", "mib_list": "1.5"}
GROUPS = {"MIB_DAEMON": "ringbackDaemon", "MIB_SERVICES": "ringbackServiceTable",
          "MIB_OUTAGES": "ringbackOutageTable", "MIB_WAITERS": "ringbackWaiterTable",
          "MIB_LIST": "ringbackList"}
# The words of an enumeration: (in the module, header, enum, how its constants begin, added)
WORDS = [("RingbackReason", "include/uapi/linux/nf_ringback.h", "ringback_reason",
          "RINGBACK_REASON_", 0),
         ("ringbackWaiterState", "userspace/engine/outage.h", "waiter_state", "WAITER_", 1)]


def camel(name):
    first, *rest = name.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


def enums(path):
    """{name: [constants]}, numbered as they are written, from 0 or from "= N"."""
    with open(path, encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    found = {}
    for name, body in re.findall(r"enum (\w+) \{(.*?)\}", text, re.S):
        value, found[name] = 0, {}
        for constant, number in re.findall(r"(\w+)\s*(?:=\s*(\d+)\s*)?(?:,|$)", body.strip()):
            value = int(number) if number else value
            found[name][constant] = value
            value += 1
    return found


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def base_modules():
    """The directory of the modules that ours imports from."""
    return subprocess.run([os.path.join(TOP, "scripts/packages"), "mibs"], check=True,
                          capture_output=True, text=True).stdout.strip()


def module_numbers(path):
    """{name: number below the module} of all that has one."""
    out = run("snmptranslate", "-M", f"{path}:{os.path.dirname(MODULE)}", "-m", "RINGBACK-MIB",
              "-Tz")
    numbers = dict(re.findall(r'^"(\w+)"\s+"([\d.]+)"$', out, re.M))
    base = numbers.get("ringbackMIB", "none") + "."
    return base[:-1], {name: number[len(base):] for name, number in numbers.items()
                       if number.startswith(base)}


def header_numbers():
    numbers = {}
    for name, constants in enums(HEADER).items():
        place = PLACES[name]
        for constant, value in constants.items():
            if place is None:
                numbers[GROUPS[constant]] = f"1.{value}"
            else:
                numbers[camel(constant.replace("MIB_", "RINGBACK_", 1))] = f"{place}.{value}"
    return numbers


def words(text, name):
    body = re.search(name + r" (?:::= TEXTUAL-CONVENTION|OBJECT-TYPE).*?INTEGER \{(.*?)\}", text,
                     re.S).group(1)
    return {word: int(value) for word, value in re.findall(r"(\w+)\((\d+)\)", body)}


def check(name, differ):
    print(f"{'not ok' if differ else 'ok'} - RINGBACK-MIB: {name}", *differ)
    return bool(differ)


def main():
    if not shutil.which("smilint") or not shutil.which("snmptranslate"):
        print("skip - RINGBACK-MIB: no smitools, no snmp")
        return False
    with open(MODULE, encoding="utf-8") as f:
        text = f.read()
    with tempfile.TemporaryDirectory() as tmp:
        path = base_modules()
        conf = os.path.join(tmp, "smi.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f"path {path}\n")
        failed = check("smilint is silent", run("smilint", "-c", conf, "-l", "6", "-s",
                                                MODULE).splitlines())
        base, module = module_numbers(path)
    with open(os.path.join(TOP, "userspace/common/conf.h"), encoding="utf-8") as f:
        default = re.search(r'MIB_BASE_DEFAULT\s+"([\d.]+)"', f.read()).group(1)
    failed |= check("it stands where the daemon has it", [] if base == default else [base, default])
    header = header_numbers()
    # Beyond the header's the module has tables' entries, and what is not below 1 and 0.
    module = {name: number for name, number in module.items() if name in header or
              (not number.startswith("2") and number.count(".") != 2 and number not in "01")}
    differ = sorted(f"{name}={number}" for name, number in
                    set(header.items()) ^ set(module.items()))
    failed |= check("its numbers are those of mib.h", differ)
    for name, path, enum, prefix, added in WORDS:
        ours = {camel(c[len(prefix):]): value + added
                for c, value in enums(os.path.join(TOP, path))[enum].items()
                if c.startswith(prefix) and not re.search("_MAX$|_STATES$", c)}
        differ = sorted(f"{w}={n}" for w, n in set(ours.items()) ^ set(words(text, name).items()))
        failed |= check(f"the words of {name}", differ)
    return failed
