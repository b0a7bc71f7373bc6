package io.mesosiam.controller;

import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Set;

/**
 * Bounds the labels that a caller can choose. Quarkus labels requests with the method that the caller sends, and each
 * new value would be a time series that is kept until the process ends. Quarkus itself bounds paths (max-uri-tags).
 */
final class MetricLabels {
    /** RFC 9110, section 9, and RFC 5789. */
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "UNKNOWN");

    @Produces
    @Singleton
    MeterFilter knownMethods() {
        return MeterFilter.replaceTagValues("method", method -> METHODS.contains(method) ? method : "OTHER");
    }
}
