package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Changes and previews leave connections of the administration to reads. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class ReadsBesideWritesTest {
    private static final int CHANGES = 14;

    @Inject
    Pool pool;

    @Test
    void listIsAnsweredWhileManyChangesWaitForALock() throws Exception {
        SqlConnection other = pool.getConnection().await().atMost(TimeLimit.seconds(10));
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(run(other, "begin").size()).isZero();
            assertThat(run(other, "lock table policy in exclusive mode").size()).isZero();
            List<Future<Integer>> changes = IntStream.range(0, CHANGES)
                    .mapToObj(i -> callers.submit(change("beside-" + i)))
                    .toList();
            await().atMost(TimeLimit.seconds(20)).until(() -> waiting() >= 6);

            given().get("/api/v1/join-tokens").then().statusCode(200);

            // on a slow machine the first six may have waited for their 5 s
            assertThat(changes.stream().filter(Future::isDone)).hasSizeLessThanOrEqualTo(6);
            assertThat(run(other, "rollback").size()).isZero();
            for (Future<Integer> change : changes) {
                assertThat(change.get()).isNotEqualTo(500);
            }
        } finally {
            other.close().await().atMost(TimeLimit.seconds(10));
        }
    }

    private static Callable<Integer> change(String name) {
        return () -> given().contentType(ContentType.JSON)
                .queryParam("reason", "a change beside others")
                .body("{\"effect\": \"deny\", \"taskName\": \"none\"}")
                .put("/api/v1/namespaces/-/policies/" + name)
                .statusCode();
    }

    private int waiting() {
        return run(pool, "select count(*)::integer as waiting from pg_locks where not granted")
                .iterator()
                .next()
                .getInteger("waiting");
    }

    private static RowSet<Row> run(SqlClient client, String sql) {
        return client.query(sql).execute().await().atMost(TimeLimit.seconds(10));
    }
}
