package io.mesosiam.sandbox.sts;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** The current faults, for all roles and for single ones. */
final class Faults {
    @GuardedBy("this")
    private final Map<String, Fault> byRole = new HashMap<>();

    @GuardedBy("this")
    private Fault all = Fault.NONE;

    /** The part of the calls that have the fault of all roles. */
    @GuardedBy("this")
    private double part = 1;

    @GuardedBy("this")
    private Duration delay = Duration.ZERO;

    synchronized void all(Fault fault) {
        part(fault, 1);
    }

    synchronized void part(Fault fault, double share) {
        all = fault;
        part = share;
        if (fault == Fault.NONE) {
            byRole.clear();
        }
        notifyAll();
    }

    synchronized void of(String roleArn, Fault fault) {
        byRole.put(roleArn, fault);
        notifyAll();
    }

    synchronized void delay(Duration longer) {
        delay = longer;
    }

    synchronized Duration delay() {
        return delay;
    }

    /** The fault of a role. Blocks while the fault is to never answer. */
    synchronized Fault await(String roleArn) throws InterruptedException {
        if (!byRole.containsKey(roleArn) && ThreadLocalRandom.current().nextDouble() >= part) {
            return Fault.NONE;
        }
        while (at(roleArn) == Fault.NEVER) {
            wait();
        }
        return at(roleArn);
    }

    @GuardedBy("this")
    private Fault at(String roleArn) {
        return byRole.getOrDefault(roleArn, all);
    }
}
