package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of large objects end before they have as many items as the request wants, so that they fit in memory. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class LargePagesTest {
    private static final int POLICIES = 40;

    /** More than the size of each. */
    private static final int LARGE = 40_000;

    private static final String LABELS =
            "(select json_agg(json_build_object('key', 'k' || i, 'value', repeat('v', 1000))) from generate_series(1, 29) i)";

    @Inject
    Pool pool;

    @BeforeEach
    void policiesWithLargeLabels() {
        execute("insert into namespace (path) values ('/large')");
        execute("insert into policy (namespace, name, effect, labels, description, task_name)"
                + " select '/large', 'p' || to_char(i, 'FM00'), 'deny', " + LABELS
                + ", repeat('d', 4096), repeat('t', 1024) from generate_series(1, " + POLICIES + ") i");
    }

    @AfterEach
    void noneOfThem() {
        execute("delete from policy where namespace = '/large'");
        execute("delete from namespace where path = '/large'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "-name", "description"})
    void storedPoliciesAreListedOnceEachInPagesOfAMebibyte(String sort) {
        List<String> names = pages("/api/v1/namespaces/large/policies?limit=1000&sort=" + sort, "name");

        List<String> all = IntStream.rangeClosed(1, POLICIES)
                .mapToObj(i -> "p%02d".formatted(i))
                .toList();
        if (sort.startsWith("-")) {
            Collections.reverse(names);
        }
        assertThat(sort.equals("description") ? names.stream().sorted().toList() : names)
                .isEqualTo(all);
    }

    @Test
    void versionsAreListedOnceEachInPagesOfAMebibyte() {
        for (int version = 2; version <= 40; version++) {
            execute("update policy set priority = " + version + " where namespace = '/large' and name = 'p01'");
        }

        List<Integer> versions = pages("/api/v1/namespaces/large/policies/p01/history?limit=1000", "version");

        Collections.reverse(versions);
        assertThat(versions).isEqualTo(IntStream.rangeClosed(1, 40).boxed().toList());
    }

    private static <T> List<T> pages(String path, String field) {
        List<T> found = new ArrayList<>();
        int pages = 0;
        String cursor = null;
        do {
            Response page = given().get(path + (cursor == null ? "" : "&cursor=" + cursor));
            assertThat(page.statusCode()).as(page.asString()).isEqualTo(200);
            assertThat(page.asByteArray()).hasSizeLessThan((1 << 20) + LARGE);
            found.addAll(page.jsonPath().getList("items." + field));
            cursor = page.jsonPath().getString("next");
            pages++;
        } while (cursor != null);
        assertThat(pages).isGreaterThan(1);
        return found;
    }

    private void execute(String sql) {
        var unused = pool.query(sql).execute().await().atMost(TimeLimit.seconds(20));
    }
}
