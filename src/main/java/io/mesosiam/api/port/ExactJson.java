package io.mesosiam.api.port;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** Refuses a body that has a key twice, or something after its value: which of two roles counts is no guess to make. */
@Singleton
final class ExactJson implements ObjectMapperCustomizer {
    @Override
    public void customize(ObjectMapper mapper) {
        mapper.getFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
        var _ = mapper.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }
}
