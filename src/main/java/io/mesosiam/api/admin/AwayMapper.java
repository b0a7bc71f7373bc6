package io.mesosiam.api.admin;

import io.mesosiam.admin.AdministrationAway;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.loglimit.RepeatedLines;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.signin.CurrentRequest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.InstantSource;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Answers requests while the database of the administration is not available. */
@Singleton
final class AwayMapper {
    private static final Logger LOG = Logger.getLogger(AwayMapper.class);

    /** Callers of the API must not fill the log while the database is away. */
    private final RepeatedLines lines = new RepeatedLines(Duration.ofMinutes(1));

    private final CurrentRequest request;
    private final InstantSource clock;

    @Inject
    AwayMapper(CurrentRequest request, InstantSource clock) {
        this.request = request;
        this.clock = clock;
    }

    @ServerExceptionMapper
    Response map(AdministrationAway away) {
        log(away);
        return new ProblemException(ProblemCode.UNAVAILABLE, String.valueOf(away.getMessage())).response(request);
    }

    void log(Throwable away) {
        String reason = PlainReason.of(root(away));
        lines.due(reason, clock.instant())
                .ifPresent(repeated ->
                        LOG.warnf("administration unavailable reason=\"%s\" repeated=%d", reason, repeated));
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
