package io.mesosiam.signin;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * The first admin's token. The first start of the first controller makes it, while the table of tokens is empty: from
 * the file of the setting, or at random and printed once on standard output. It ends when another admin signs in, at
 * the latest after {@value #DAYS} days.
 */
@Singleton
public final class Bootstrap {
    private static final Logger LOG = Logger.getLogger(Bootstrap.class);

    /** The name of its row, and of its bearer. No other token has it. */
    public static final String NAME = "bootstrap";

    private static final int DAYS = 7;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Tokens tokens;
    private final SignInConfig config;
    private final InstantSource clock;
    private final AtomicBoolean ending = new AtomicBoolean();
    private volatile boolean ended;

    @Inject
    Bootstrap(Tokens tokens, SignInConfig config, InstantSource clock) {
        this.tokens = tokens;
        this.config = config;
        this.clock = clock;
    }

    /**
     * Makes the token on the first start; {@link Tokens} has read the table. Does nothing on a later one.
     *
     * @throws IllegalStateException if the file of the setting can't be read or holds no token
     */
    public void start() {
        if (!tokens.all().isEmpty()) {
            return;
        }
        Optional<ApiToken> given = config.bootstrapTokenFile().map(Bootstrap::read);
        ApiToken token = given.orElseGet(() -> ApiToken.random(new SecureRandom()));
        boolean made = tokens.bootstrap(token, clock.instant().plus(Duration.ofDays(DAYS)))
                .await()
                .atMost(LIMIT);
        if (made && given.isEmpty()) {
            System.out.println("bootstrap token, valid until another admin signs in, at most " + DAYS
                    + " days, and not shown again: " + token.reveal());
        } else if (made) {
            LOG.info("bootstrap token read from its file");
        }
    }

    /** Whether the token has ended here: from the first sign-in of an admin on, also while its end can't be written. */
    boolean hasEnded() {
        return ended;
    }

    /** Ends the bootstrap token, since there is an admin with a credential of another kind. */
    void adminExists(Caller admin, String requestId) {
        ended = true;
        tokens.all().stream()
                .filter(token -> token.name().equals(NAME) && token.isValid(clock.instant()))
                .findFirst()
                .filter(_ -> ending.compareAndSet(false, true))
                .ifPresent(token -> tokens.revoke(token.id(), admin, requestId)
                        .subscribe()
                        .with(_ -> LOG.infof("bootstrap token ended caller=\"%s\"", admin.name()), failure -> {
                            ending.set(false);
                            LOG.warnf(failure, "bootstrap token not ended tokenId=%s", token.id());
                        }));
    }

    private static ApiToken read(Path file) {
        try {
            return ApiToken.parse(Files.readString(file).strip())
                    .orElseThrow(() -> new IllegalStateException("mesos-iam.sign-in.bootstrap-token-file=" + file
                            + ": holds no token. Write mia_ and 43 random characters of A-Z a-z 0-9 _ - into it"));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "mesos-iam.sign-in.bootstrap-token-file=" + file + ": can't be read: " + e.getMessage(), e);
        }
    }
}
