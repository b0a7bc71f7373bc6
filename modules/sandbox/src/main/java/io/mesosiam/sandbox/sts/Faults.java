package io.mesosiam.sandbox.sts;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The current faults, for all roles and for single ones. */
final class Faults {
    @GuardedBy("this")
    private final Map<String, Fault> byRole = new HashMap<>();

    @GuardedBy("this")
    private Fault all = Fault.NONE;

    @GuardedBy("this")
    private Duration delay = Duration.ZERO;

    synchronized void all(Fault fault) {
        all = fault;
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
