<?xml version="1.0" encoding="UTF-8"?>
<!-- A CDA R2 document as a page for people: who, when, then the narrative of every section as its author wrote it. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:h="urn:hl7-org:v3"
    exclude-result-prefixes="h">
  <xsl:output method="html" encoding="UTF-8" indent="no"/>
  <xsl:param name="patient"/>
  <xsl:param name="born"/>
  <xsl:param name="by"/>
  <xsl:param name="signed"/>
  <xsl:param name="kept"/>
  <xsl:param name="nothing"/>
  <xsl:param name="attached"/>
  <xsl:param name="again"/>
  <xsl:param name="pdf"/>
  <xsl:strip-space elements="h:table h:thead h:tbody h:tfoot h:tr h:list"/>

  <xsl:template match="/">
    <xsl:apply-templates select="//h:ClinicalDocument"/>
  </xsl:template>

  <xsl:template match="h:ClinicalDocument">
    <main>
      <header>
        <h1><xsl:value-of select="normalize-space(h:title)"/></h1>
        <p class="when"><xsl:call-template name="day"><xsl:with-param name="ts" select="h:effectiveTime/@value"/></xsl:call-template></p>
        <dl>
          <dt><xsl:value-of select="$patient"/></dt>
          <dd>
            <xsl:call-template name="name"><xsl:with-param name="of" select="h:recordTarget/h:patientRole/h:patient/h:name"/></xsl:call-template>
            <xsl:if test="h:recordTarget/h:patientRole/h:patient/h:birthTime/@value">
              <xsl:text>, </xsl:text><xsl:value-of select="$born"/><xsl:text> </xsl:text>
              <xsl:call-template name="day"><xsl:with-param name="ts" select="h:recordTarget/h:patientRole/h:patient/h:birthTime/@value"/></xsl:call-template>
            </xsl:if>
          </dd>
          <xsl:for-each select="h:author">
            <dt><xsl:value-of select="$by"/></dt>
            <dd><xsl:call-template name="person"><xsl:with-param name="role" select="h:assignedAuthor"/></xsl:call-template></dd>
          </xsl:for-each>
          <xsl:for-each select="h:legalAuthenticator">
            <dt><xsl:value-of select="$signed"/></dt>
            <dd><xsl:call-template name="person"><xsl:with-param name="role" select="h:assignedEntity"/></xsl:call-template></dd>
          </xsl:for-each>
          <xsl:if test="h:custodian//h:name">
            <dt><xsl:value-of select="$kept"/></dt>
            <dd><xsl:value-of select="normalize-space(h:custodian//h:name[1])"/></dd>
          </xsl:if>
        </dl>
      </header>
      <xsl:apply-templates select="h:component/h:structuredBody/h:component/h:section"/>
      <xsl:if test="not(h:component/h:structuredBody//h:section/h:text)"><p class="empty"><xsl:value-of select="$nothing"/></p></xsl:if>
    </main>
  </xsl:template>

  <xsl:template name="person">
    <xsl:param name="role"/>
    <xsl:choose>
      <xsl:when test="$role/h:assignedPerson/h:name"><xsl:call-template name="name"><xsl:with-param name="of" select="$role/h:assignedPerson/h:name"/></xsl:call-template></xsl:when>
      <xsl:otherwise><xsl:value-of select="normalize-space($role/h:assignedAuthoringDevice/h:softwareName)"/></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="normalize-space($role/h:representedOrganization/h:name)">
      <xsl:text>, </xsl:text><xsl:value-of select="normalize-space($role/h:representedOrganization/h:name)"/>
    </xsl:if>
  </xsl:template>

  <xsl:template name="name">
    <xsl:param name="of"/>
    <xsl:variable name="used" select="$of[1]/h:family[contains(@qualifier,'CL') or contains(@qualifier,'SP')]"/>
    <xsl:variable name="birth" select="$of[1]/h:family[not(contains(@qualifier,'CL') or contains(@qualifier,'SP'))]"/>
    <!-- A name part of punctuation only is left out: some systems write a full stop for a missing name. -->
    <xsl:for-each select="($of[1]/h:prefix[1] | $of[1]/h:given[1] | $used[1] | $birth[not($used)][1])[translate(normalize-space(.),'.-','')]">
      <xsl:sort select="2 * number(local-name()='family') + number(local-name()='given')" data-type="number"/>
      <xsl:if test="position() &gt; 1"><xsl:text> </xsl:text></xsl:if>
      <xsl:value-of select="normalize-space(.)"/>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="day">
    <xsl:param name="ts"/>
    <xsl:choose>
      <xsl:when test="string-length($ts) &gt;= 8"><xsl:value-of select="concat(substring($ts,7,2),'/',substring($ts,5,2),'/',substring($ts,1,4))"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$ts"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="h:section">
    <section>
      <xsl:if test="normalize-space(h:title)"><h2><xsl:value-of select="normalize-space(h:title)"/></h2></xsl:if>
      <xsl:apply-templates select="h:text"/>
      <xsl:apply-templates select="h:component/h:section"/>
    </section>
  </xsl:template>

  <xsl:template match="h:text"><div class="text"><xsl:apply-templates/></div></xsl:template>
  <xsl:template match="*[namespace-uri() != 'urn:hl7-org:v3']"/>
  <!-- A block ends the p around it, and a reader of HTML then repeats the emphasis around that block in each that follows. -->
  <xsl:template match="h:paragraph">
    <xsl:choose>
      <xsl:when test="ancestor::h:paragraph"><div><xsl:apply-templates/></div></xsl:when>
      <xsl:when test=".//h:paragraph or .//h:list or .//h:table or .//h:renderMultiMedia or .//h:text or .//h:section"><div class="paragraph"><xsl:apply-templates/></div></xsl:when>
      <xsl:otherwise><p><xsl:apply-templates/></p></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
  <xsl:template match="h:caption"><strong class="caption"><xsl:apply-templates/></strong></xsl:template>
  <xsl:template match="h:table/h:caption"><caption><xsl:apply-templates/></caption></xsl:template>
  <xsl:template match="h:content">
    <xsl:choose>
      <xsl:when test="contains(@styleCode,'Bold') or contains(@styleCode,'Emphasis')"><strong><xsl:call-template name="anchor"/><xsl:apply-templates/></strong></xsl:when>
      <xsl:when test="contains(@styleCode,'Italics')"><em><xsl:call-template name="anchor"/><xsl:apply-templates/></em></xsl:when>
      <xsl:when test="contains(@styleCode,'Underline')"><u><xsl:call-template name="anchor"/><xsl:apply-templates/></u></xsl:when>
      <xsl:otherwise><span><xsl:call-template name="anchor"/><xsl:apply-templates/></span></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
  <xsl:template name="anchor"><xsl:if test="@ID"><xsl:attribute name="id"><xsl:value-of select="concat('n-',@ID)"/></xsl:attribute></xsl:if></xsl:template>
  <xsl:template match="h:br"><br/></xsl:template>
  <xsl:template match="h:sub"><sub><xsl:apply-templates/></sub></xsl:template>
  <xsl:template match="h:sup"><sup><xsl:apply-templates/></sup></xsl:template>
  <xsl:template match="h:list[@listType='ordered']"><xsl:apply-templates select="h:caption"/><ol><xsl:apply-templates select="h:item"/></ol></xsl:template>
  <xsl:template match="h:list"><xsl:apply-templates select="h:caption"/><ul><xsl:apply-templates select="h:item"/></ul></xsl:template>
  <xsl:template match="h:list/h:item"><li><xsl:call-template name="anchor"/><xsl:apply-templates/></li></xsl:template>
  <xsl:template match="h:linkHtml[starts-with(@href,'#')]"><a href="#n-{substring(@href,2)}"><xsl:apply-templates/></a></xsl:template>
  <xsl:template match="h:linkHtml"><xsl:apply-templates/></xsl:template>
  <xsl:template match="h:footnote"><small><xsl:call-template name="anchor"/><xsl:apply-templates/></small></xsl:template>
  <xsl:template match="h:footnoteRef"><sup><a href="#n-{@IDREF}">*</a></sup></xsl:template>
  <!-- EmbeddedMedia has replaced the attributes of this element by these two: what there is to show, and its address. -->
  <xsl:template match="h:renderMultiMedia">
    <figure>
      <xsl:if test="@shows='picture'"><img alt="{normalize-space(h:caption)}" src="{@data}"/></xsl:if>
      <figcaption>
        <xsl:apply-templates select="h:caption"/>
        <xsl:choose>
          <xsl:when test="@shows='picture'"/>
          <xsl:when test="@shows='pdf'"><a download="document.pdf" href="{@data}"><xsl:value-of select="$pdf"/></a></xsl:when>
          <xsl:when test="@shows='again'"><xsl:text> </xsl:text><xsl:value-of select="$again"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="$attached"/></xsl:otherwise>
        </xsl:choose>
      </figcaption>
    </figure>
  </xsl:template>
  <xsl:template match="h:table"><table><xsl:apply-templates select="h:caption | h:thead | h:tbody | h:tfoot | h:tr"/></table></xsl:template>
  <xsl:template match="h:thead"><thead><xsl:apply-templates select="h:tr"/></thead></xsl:template>
  <xsl:template match="h:tbody"><tbody><xsl:apply-templates select="h:tr"/></tbody></xsl:template>
  <xsl:template match="h:tfoot"><tfoot><xsl:apply-templates select="h:tr"/></tfoot></xsl:template>
  <xsl:template match="h:tr"><tr><xsl:apply-templates select="h:th | h:td"/></tr></xsl:template>
  <xsl:template match="h:th"><th scope="{substring('colrow',1 + 3 * number(boolean(ancestor::h:tbody)),3)}"><xsl:call-template name="spans"/><xsl:apply-templates/></th></xsl:template>
  <xsl:template match="h:td"><td><xsl:call-template name="spans"/><xsl:apply-templates/></td></xsl:template>
  <xsl:template name="spans">
    <xsl:call-template name="anchor"/>
    <xsl:if test="@colspan"><xsl:attribute name="colspan"><xsl:value-of select="@colspan"/></xsl:attribute></xsl:if>
    <xsl:if test="@rowspan"><xsl:attribute name="rowspan"><xsl:value-of select="@rowspan"/></xsl:attribute></xsl:if>
  </xsl:template>
</xsl:stylesheet>
