package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.metrics.Exposition;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Counts requests by outcome. Label values come from fixed sets, so callers can't create new ones. */
final class AskMetrics {
    /**
     * Bucket bounds in seconds. Answers from memory are below the first; the next ones are the time-outs of SDKs and the
     * hold times. An answer that takes longer than a second is one of an overloaded host.
     */
    private static final double[] BOUNDS = {0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10};

    private static final String NONE = "none";

    private final ConcurrentMap<Answered, LongAdder> requests = new ConcurrentHashMap<>();
    private final ConcurrentMap<Attested, LongAdder> attestations = new ConcurrentHashMap<>();
    private final LongAdder[] times =
            Stream.generate(LongAdder::new).limit(BOUNDS.length + 1).toArray(LongAdder[]::new);
    private final LongAdder nanos = new LongAdder();

    private record Answered(String api, String code) {}

    private record Attested(String method, String outcome) {}

    /** Counts a valid request and the nanoseconds until its answer. */
    void answered(CredentialApi api, String code, long took) {
        count(requests, new Answered(api.label(), code));
        int bucket = 0;
        while (bucket < BOUNDS.length && took > BOUNDS[bucket] * 1e9) {
            bucket++;
        }
        times[bucket].increment();
        nanos.add(took);
    }

    /** Counts a rejected request. */
    void rejected(String code) {
        count(requests, new Answered(NONE, code));
    }

    void attested(Attestation attestation) {
        count(
                attestations,
                switch (attestation) {
                    case Attestation.Attested attested -> new Attested(attested.by(), "attested");
                    case Attestation.NoContainer _ -> new Attested(NONE, "no_container");
                    case Attestation.Ambiguous _ -> new Attested(NONE, "ambiguous");
                    case Attestation.Unrecorded _ -> new Attested(NONE, "unrecorded");
                    case Attestation.Unknown _ -> new Attested(NONE, "unknown");
                });
    }

    private static <K> void count(ConcurrentMap<K, LongAdder> counters, K key) {
        LongAdder counter = counters.get(key);
        (counter == null ? counters.computeIfAbsent(key, k -> new LongAdder()) : counter).increment();
    }

    void expose(Exposition out) {
        var answered = out.counter("mesosiam_agent_asks_total", "Requests answered, by service and outcome.");
        for (Map.Entry<Answered, LongAdder> e : requests.entrySet()) {
            answered.sample(
                    e.getValue().sum(),
                    "surface",
                    e.getKey().api(),
                    "code",
                    e.getKey().code());
        }
        var attested = out.counter("mesosiam_agent_attestations_total", "Callers looked up, by method and outcome.");
        for (Map.Entry<Attested, LongAdder> e : attestations.entrySet()) {
            attested.sample(
                    e.getValue().sum(),
                    "method",
                    e.getKey().method(),
                    "outcome",
                    e.getKey().outcome());
        }
        out.histogram(
                "mesosiam_agent_answer_seconds",
                "Time from the complete request to its answer, including the time that it is held.",
                BOUNDS,
                Arrays.stream(times).mapToLong(LongAdder::sum).toArray(),
                nanos.sum() / 1e9);
    }
}
