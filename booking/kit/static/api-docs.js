// Shows the OpenAPI document with the viewer that the build has put beside this file.
const place = document.getElementById("api-docs");
SwaggerUIBundle({ url: place.dataset.schema, domNode: place, deepLinking: true, validatorUrl: null, docExpansion: "list" });
