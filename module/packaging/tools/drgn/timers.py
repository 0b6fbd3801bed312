# SPDX-License-Identifier: GPL-2.0
"""
timers.py - the timers of a crashed or a running kernel

    drgn -c DUMP -s VMLINUX -s iotimer.ko timers.py     a dump of kdump, or of QEMU's dump-guest-memory -p
    drgn timers.py                                      the running kernel

VMLINUX and iotimer.ko are those that ran, with debug information. Prints the tick, the routine that was being called,
if any, and a row for each device. The modules of the drivers, given with -s, too, add the names of their routines.
A driver in Windows names has the routine of the layer, wdm_timer_routine.
"""
from drgn.helpers.linux.rbtree import rbtree_inorder_for_each_entry

ROW = "{:<31} {:<16} {:<8} {:>10} {:>10} {:>10} {:<24} {:<10} {:<18} {}"


def symbol(address):
    try:
        return prog.symbol(address).name
    except LookupError:
        return hex(address.value_())


def text(array):
    return array.string_().decode(errors="replace")


def owner(private):
    return text(private.owner.name) if private.owner else "kernel"


def slot(private):
    return private.page.slot[private.slot] if private.page else None


def state(private):
    if private.deleting:
        return "deleting"
    if not private.page:
        return "new"
    if private.cut_off:
        return "cut-off"
    return "started" if slot(private).dev == private.dev.address_of_() else "stopped"


def context_kind(private):
    context = slot(private).context.value_()
    ext = private.dev.ext.address_of_().value_()
    if not context:
        return "none"
    if context == ext or ext < context < ext + private.ext_size.value_():
        return "device"
    return "controller" if private.context_ctl else "own"


def timer_columns(private):
    if not private.page:
        return 0, "-", "none", "-"
    return (private.page.ticks[private.slot].value_(), symbol(slot(private).routine), context_kind(private),
            hex(slot(private).context.value_()))


def run_times(private):
    if not private.stats:
        return "-", "-"
    return private.stats.last_ns.value_(), private.stats.max_ns.value_()


def print_device(private):
    ticks, routine, kind, context = timer_columns(private)
    print(ROW.format(text(private.dev.name), owner(private), state(private), ticks, *run_times(private), routine, kind,
                     hex(private.dev.address_of_().value_()), context))


def print_tick():
    tick = prog["iotimer_tick"]
    print("tick: period", tick.period.value_(), "jiffies,", tick.state.passes.value_(), "passes,",
          "next" if tick.pages_started else "not armed, last", "deadline", hex(tick.deadline.value_()) + ", jiffies",
          hex(prog["jiffies_64"].value_()))


def print_walker():
    walk = prog["iotimer_walk"]
    if not walk.task:
        print("walker: none")
        return
    print("walker:", text(walk.task.comm), walk.task.pid.value_(), "in",
          symbol(walk.running.routine) if walk.running else "no routine")


def print_devices():
    print(ROW.format("device", "owner", "state", "ticks", "last_ns", "max_ns", "routine", "context", "struct", "context"))
    for private in rbtree_inorder_for_each_entry("struct iotimer_device_private",
                                                 prog["devices_by_name"].address_of_(), "node"):
        print_device(private)


print_tick()
print_walker()
print_devices()
