package io.mesosiam.agent.enrol;

import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.pause.Backoff;
import io.mesosiam.pause.Doubling;
import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Requests the first certificate at all controllers, one after the other, until one signs it. */
final class Joining {
    private static final System.Logger LOG = System.getLogger(Joining.class.getName());

    private static final Doubling PAUSES = new Doubling(Duration.ofSeconds(2), Duration.ofMinutes(2));
    /** An operator has to act, so more frequent requests only fill the controllers' log. */
    private static final Doubling AFTER_REFUSAL = new Doubling(Duration.ofMinutes(1), Duration.ofMinutes(4));

    private static final Duration NO_TOKEN = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final List<URI> controllers;
    private final Applicant applicant;
    private final StateDirectory state;
    private final FirstCertificate first;
    private final RandomGenerator random;
    private final Backoff pauses;
    private final Backoff afterRefusal;
    private final Outcomes outcomes = new Outcomes("issued", "refused", "failed", "not-stored");

    private Instant tried = Instant.MIN;
    private Duration pause = Duration.ZERO;
    private Optional<Map<String, Object>> triedVersion = Optional.empty();

    /** Of the last line, which isn't repeated. */
    private String lastReason = "";

    Joining(
            List<URI> controllers,
            Applicant applicant,
            StateDirectory state,
            FirstCertificate first,
            RandomGenerator random) {
        this.controllers = controllers;
        this.applicant = applicant;
        this.state = state;
        this.first = first;
        this.random = random;
        this.pauses = new Backoff(PAUSES, random);
        this.afterRefusal = new Backoff(AFTER_REFUSAL, random);
    }

    /**
     * Tries once, unless the pause after the last attempt is not over: another join token is tried without one.
     *
     * @param keepKey whether the key in use may be used again
     * @return the time until the next attempt; zero if a certificate is stored
     */
    Duration turn(boolean keepKey, Instant now) {
        Optional<Map<String, Object>> version = applicant.version();
        Duration since = Duration.between(tried, now);
        // the clock may have been set back
        if (!since.isNegative() && since.compareTo(pause) < 0 && version.equals(triedVersion)) {
            return pause.minus(since);
        }
        if (!version.equals(triedVersion)) {
            EnrolmentCheck.tokenRights(applicant.source())
                    .ifPresent(finding ->
                            LOG.log(Level.WARNING, "join token may be known to others finding=\"{0}\"", finding));
        }
        tried = now;
        triedVersion = version;
        pause = attempt(keepKey);
        return pause;
    }

    private Duration attempt(boolean keepKey) {
        HostName host;
        KeyPair key;
        Optional<Proof> proof;
        try {
            proof = applicant.proof();
            if (proof.isEmpty()) {
                notEnrolled("there is no join token: write one for this host to the file of"
                        + " MESOS_IAM_AGENT_JOIN_TOKEN_FILE, it is read without a restart");
                return NO_TOKEN;
            }
            host = applicant.host();
            key = applicant.key(state, keepKey);
        } catch (IOException e) {
            notEnrolled(FileProblem.describe(e));
            return pauses.next();
        }
        return request(proof.get(), host, key);
    }

    private Duration request(Proof proof, HostName host, KeyPair key) {
        List<URI> shuffled = new ArrayList<>(controllers);
        Collections.shuffle(shuffled, Random.from(random));
        Duration stated = Duration.ZERO;
        for (URI controller : shuffled) {
            switch (first.request(controller, proof, host, key)) {
                case Attempt.Issued(IssuedCertificate issued) -> {
                    return store(controller, key, issued);
                }
                case Attempt.Refused() -> {
                    outcomes.count("refused");
                    LOG.log(
                            Level.ERROR,
                            "enrolment refused controller={0} hostname={1} cure=\"{2}\"",
                            controller,
                            host.text(),
                            "ask your operator: the controller's log says which condition failed, such as a token that"
                                    + " was used, has expired, or is for another host, or a host that is evicted");
                    return afterRefusal.next();
                }
                case Attempt.Failed(String reason, Optional<Duration> retryAfter) -> {
                    outcomes.count("failed");
                    LOG.log(Level.WARNING, "enrolment failed controller={0} reason=\"{1}\"", controller, reason);
                    stated = max(stated, retryAfter.orElse(Duration.ZERO));
                }
            }
        }
        Duration pause = max(pauses.next(), stated);
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    /** If it fails, the next attempt gets the answer again, since the key is the same. */
    private Duration store(URI controller, KeyPair key, IssuedCertificate issued) {
        try {
            state.store(key, issued);
        } catch (IOException e) {
            outcomes.count("not-stored");
            notEnrolled(FileProblem.describe(e));
            return pauses.next();
        }
        outcomes.count("issued");
        pauses.succeeded();
        afterRefusal.succeeded();
        LOG.log(
                Level.INFO,
                "host enrolled controller={0} until={1}",
                controller,
                issued.leaf().getNotAfter().toInstant());
        return Duration.ZERO;
    }

    private void notEnrolled(String reason) {
        if (!reason.equals(lastReason)) {
            lastReason = reason;
            LOG.log(Level.WARNING, "host not enrolled reason=\"{0}\"", reason);
        }
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    void expose(Exposition out) {
        outcomes.expose(out.counter(
                "mesosiam_agent_enrolments_total",
                "Requests for the first certificate, one for each controller, by outcome."));
    }
}
