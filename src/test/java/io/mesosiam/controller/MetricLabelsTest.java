package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class MetricLabelsTest {
    @Test
    void inventedMethodsShareOneTimeSeries() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        meters.config().meterFilter(new MetricLabels().knownMethods());

        for (int i = 0; i < 1000; i++) {
            meters.counter("http.server.requests", "method", "X" + i).increment();
        }
        meters.counter("http.server.requests", "method", "GET").increment();

        assertThat(meters.getMeters())
                .extracting(meter -> meter.getId().getTag("method"))
                .containsExactlyInAnyOrder("OTHER", "GET");
    }
}
