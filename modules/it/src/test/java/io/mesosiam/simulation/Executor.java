package io.mesosiam.simulation;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.mesos.FrameworkId;
import java.util.HashSet;
import java.util.Set;

/** An executor of several tasks, as of a task group, or one of a framework's own. */
final class Executor {
    final FrameworkId framework;
    final Host host;
    final Container own;

    /** Whether each of its tasks has a container inside its own; otherwise all run in its own. */
    final boolean nests;

    /** Once one of these has run here: it is launched here once, because its grants would be those of both launches. */
    final Set<String> tasks = new HashSet<>();

    boolean over;

    Executor(FrameworkId framework, Host host, Container own, boolean nests) {
        this.framework = framework;
        this.host = host;
        this.own = own;
        this.nests = nests;
    }

    /** The container of its next task. */
    Container containerOf(Container next) {
        return nests ? new Container(own.id() + "/" + next.id(), next.startTicks()) : own;
    }

    @Override
    public String toString() {
        return "executor " + own.id() + (nests ? " of nested tasks" : " of tasks");
    }
}
