package io.mesosiam.enrol.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.EnrolmentFixture;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers to requests whose reading fails with an error. */
class EnrolmentAnswersTest {
    @TempDir
    Path directory;

    private EnrolmentFixture site;
    private Vertx vertx;
    private HttpServer server;

    @BeforeEach
    void start() {
        site = new EnrolmentFixture(directory);
        vertx = Vertx.vertx();
        EnrolmentAnswers answers = new EnrolmentAnswers(
                site.enrolment(), site.record(), site.authorities(), new RequestBudget(10_000, 10_000), _ -> {
                    throw new OutOfMemoryError("no thread can be started");
                });
        server = vertx.createHttpServer()
                .requestHandler(request -> answers.answer(request, vertx.getOrCreateContext()))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @AfterEach
    void close() {
        var _ = vertx.close().toCompletionStage().toCompletableFuture().join();
        site.close();
    }

    @Test
    void permitOfARequestThatCannotBeReadIsGivenBack() throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int i = 0; i < EnrolmentAnswers.MOST_AT_A_TIME + 1; i++) {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + "/v1/enrol"))
                                .POST(BodyPublishers.ofString("{}"))
                                .build(),
                        BodyHandlers.ofString());

                // without a permit it would be 1
                assertThat(answer.headers().firstValue("Retry-After")).contains("10");
            }
        }
    }
}
