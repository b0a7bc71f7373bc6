package io.mesosiam.api;

import io.mesosiam.spelling.UnknownNames;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Rejects unknown query parameters, those given twice, and those without a value. If a misspelt filter were ignored,
 * the response would contain everything and look like a filtered one.
 */
final class UnknownParameters {
    private final Map<Method, Set<String>> known = new ConcurrentHashMap<>();

    @ServerRequestFilter
    void refuse(ContainerRequestContext request, ResourceInfo operation) {
        Method method = operation.getResourceMethod();
        Set<String> names = known.computeIfAbsent(method, UnknownParameters::names);
        Parameters parameters = new Parameters();
        UnknownNames unknown = new UnknownNames(names);
        request.getUriInfo().getQueryParameters().forEach((name, values) -> {
            if ((names.contains(name) || parameters.require(name, false, unknown.message(name)))
                    && parameters.require(name, values.size() == 1, "must be given once")) {
                // the framework treats an empty value as none
                parameters.require(name, !values.getFirst().isEmpty(), "must not be empty");
            }
        });
        parameters.check();
    }

    private static Set<String> names(Method method) {
        return Arrays.stream(method.getParameters())
                .flatMap(UnknownParameters::elements)
                .map(element -> element.getAnnotation(QueryParam.class))
                .filter(annotation -> annotation != null)
                .map(QueryParam::value)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The parameter itself, or the fields of a group of parameters. */
    private static Stream<AnnotatedElement> elements(Parameter parameter) {
        return parameter.isAnnotationPresent(BeanParam.class)
                ? Arrays.stream(parameter.getType().getDeclaredFields())
                : Stream.of(parameter);
    }
}
