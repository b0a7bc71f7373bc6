package io.mesosiam.mesos.master;

import java.time.Duration;

/** The delay between two listings: the configured interval, but at least 20 times the duration of the last listing. */
record PollPace(Duration besideStream, Duration alone) {
    private static final int REST_PER_WORK = 20;
    private static final Duration LEAST_ALONE = Duration.ofSeconds(2);

    PollPace {
        if (alone.compareTo(LEAST_ALONE) < 0) {
            throw new IllegalArgumentException("mesos-iam.mesos.poll-alone-interval must be at least 2 s, is " + alone);
        }
    }

    Duration after(Duration took, boolean streaming) {
        Duration configured = streaming ? besideStream : alone;
        Duration rest = rest(took);
        return rest.compareTo(configured) > 0 ? rest : configured;
    }

    /** What a listing leaves the master for others. */
    static Duration rest(Duration took) {
        return took.multipliedBy(REST_PER_WORK);
    }
}
