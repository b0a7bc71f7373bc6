package io.mesosiam.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.postgres.SessionPool;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The first admin's token ends with the first sign-in of an admin. */
class BootstrapTest {
    private static final Caller ADMIN =
            new Caller("token:alice", SignIn.TOKEN, Set.of(RoleGrant.everywhere(Role.ADMIN)), "192.0.2.1");

    @Test
    void tokenIsRefusedFromTheSignInOfAnAdminOnAlsoWhileItsEndCannotBeWritten() {
        TestDatabase database = TestPostgres.database();
        try (Tokens tokens =
                new Tokens(database.pool(), new SessionPool(database.pool()), new Random(1), Instant::now)) {
            tokens.start();
            Bootstrap bootstrap = new Bootstrap(tokens, settings(), Instant::now);
            bootstrap.start();
            assertThat(tokens.all()).extracting(StoredToken::name).containsExactly(Bootstrap.NAME);
            assertThat(bootstrap.hasEnded()).isFalse();

            database.close();
            bootstrap.adminExists(ADMIN, "request-1");

            assertThat(bootstrap.hasEnded()).isTrue();
        }
    }

    private static SignInConfig settings() {
        return new SmallRyeConfigBuilder()
                .withMapping(SignInConfig.class)
                .build()
                .getConfigMapping(SignInConfig.class);
    }
}
