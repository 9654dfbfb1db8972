SwaggerUIBundle({
  url: "openapi.yaml?ici", // calls go to where this page was found
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  // Nothing leaves this server: no online validator, and no other document by a
  // parameter of the address. A token lives as long as the page.
  validatorUrl: null,
  queryConfigEnabled: false,
  persistAuthorization: false,
});
